#include "libsep/checkpoint/nussl_file.h"

#include <algorithm>

#include "libsep/checkpoint/detail/stored_zip.h"
#include "libsep/core/error.h"
#include "tests/support/catch.h"
#include "tests/support/torch_file.h"

namespace {

// -- pickles, as Python would write them

std::string little(uint32_t value) {
  std::string bytes;
  for (int i = 0; i < 4; ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
  return bytes;
}

std::string text(const std::string& value) {
  return "X" + little(static_cast<uint32_t>(value.size())) + value;
}
std::string number(int64_t value) { return "J" + little(static_cast<uint32_t>(value)); }
std::string global(const std::string& module, const std::string& name) {
  return "c" + module + "\n" + name + "\n";
}
std::string tuple(const std::vector<int64_t>& values) {
  std::string pickle = "(";
  for (const int64_t value : values) pickle += number(value);
  return pickle + "t";
}

// A tensor over a storage of its own.
struct FakeTensor {
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
  int64_t offset = 0;
  int64_t storage_size = 0;
  std::string storage_type = "FloatStorage";
  std::string function = "_rebuild_tensor_v2";
};

std::string pickled(const FakeTensor& tensor, const std::string& key) {
  return global("torch._utils", tensor.function) + "((" + text("storage") +
         global("torch", tensor.storage_type) + text(key) + text("cpu") +
         number(tensor.storage_size) + "tQ" + number(tensor.offset) + tuple(tensor.shape) +
         tuple(tensor.strides) + "\x89" + global("collections", "OrderedDict") + ")RtR";
}

FakeTensor dense(const std::vector<int64_t>& shape) {
  FakeTensor tensor;
  tensor.shape = shape;
  tensor.strides.assign(shape.size(), 1);
  for (size_t i = shape.size(); i > 1; --i) {
    tensor.strides[i - 2] = tensor.strides[i - 1] * shape[i - 1];
  }
  tensor.storage_size = shape.empty() ? 1 : tensor.strides[0] * shape[0];
  return tensor;
}

// A checkpoint of the smallest model, hidden size 1 and 3 bins, to be spoilt.
struct FakeFile {
  std::map<std::string, FakeTensor> tensors;
  std::string model = "\"class\": \"MaskInference\"";
  std::string settings =
      "\"num_features\": 3, \"num_audio_channels\": 1, \"hidden_size\": 1, \"num_layers\": "
      "1, "
      "\"bidirectional\": true, \"dropout\": 0.25, \"num_sources\": 1, "
      "\"activation\": \"sigmoid\"";
  std::string other_modules = "\"mask\": {\"class\": \"Alias\", \"args\": {}}";
  std::string stft = "}(" + text("window_length") + number(4) + text("hop_length") +
                     number(2) + text("window_type") + "Nu";
  std::string state_begin = global("collections", "OrderedDict") + ")R(";
  std::string extra_state;
  std::string config;  // a pickled value; empty: made of the above
  std::vector<std::pair<std::string, std::string>> extra_entries;
  std::string left_out;  // an entry

  FakeFile() {
    const std::string norm = "model.input_normalization.batch_norm.";
    for (const char* name : {"weight", "bias", "running_mean", "running_var"}) {
      tensors[norm + name] = dense({3});
    }
    tensors[norm + "num_batches_tracked"] = dense({});
    tensors[norm + "num_batches_tracked"].storage_type = "LongStorage";
    for (const std::string end : {"", "_reverse"}) {
      tensors["model.recurrent_stack.rnn.weight_ih_l0" + end] = dense({4, 3});
      tensors["model.recurrent_stack.rnn.weight_hh_l0" + end] = dense({4, 1});
      tensors["model.recurrent_stack.rnn.bias_ih_l0" + end] = dense({4});
      tensors["model.recurrent_stack.rnn.bias_hh_l0" + end] = dense({4});
    }
    tensors["model.embedding.linear.weight"] = dense({3, 2});
    tensors["model.embedding.linear.bias"] = dense({3});
  }

  std::string pickle() const {
    std::string state;
    int64_t key = 0;
    for (const auto& [name, tensor] : tensors) {
      state += text(name) + pickled(tensor, std::to_string(key++));
    }
    const std::string json = "{\"modules\": {\"model\": {" + model + ", \"args\": {" +
                             settings + "}}, " + other_modules + "}}";
    return "\x80\x02}(" + text("state_dict") + state_begin + state + extra_state + "u" +
           text("config") + (config.empty() ? text(json) : config) + text("metadata") +
           "}(" + text("stft_params") + stft + text("sample_rate") + number(8000) + "uu.";
  }

  std::vector<std::pair<std::string, std::string>> entries() const {
    std::vector<std::pair<std::string, std::string>> all = {{"m/data.pkl", pickle()},
                                                            {"m/version", "3\n"}};
    int64_t key = 0;
    for (const auto& [name, tensor] : tensors) {
      const bool is_float = tensor.storage_type == "FloatStorage";
      std::string storage;
      for (int64_t i = 0; i < tensor.storage_size; ++i) {
        const auto value = static_cast<float>(100 * key + i);
        storage += std::string(reinterpret_cast<const char*>(&value), 4);
        if (!is_float) storage += std::string(4, '\0');
      }
      all.emplace_back("m/data/" + std::to_string(key++), storage);
    }
    all.insert(all.end(), extra_entries.begin(), extra_entries.end());
    const auto unwanted = [&](const auto& entry) { return entry.first == left_out; };
    all.erase(std::remove_if(all.begin(), all.end(), unwanted), all.end());
    return all;
  }

  std::string bytes() const { return make_zip(entries()); }
};

const char* const kLinear = "model.embedding.linear.weight";

// Refused with the file's name and `message`.
void check_refused(const std::string& bytes, const std::string& message) {
  CHECK_THROWS_AS(sep::parse_nussl_file(bytes, "there.pth"), sep::Error);
  CHECK_THROWS_WITH(sep::parse_nussl_file(bytes, "there.pth"),
                    Catch::StartsWith("there.pth") && Catch::Contains(message));
}

template <class Change>
void refused(Change change, const std::string& message) {
  FakeFile file;
  change(file);
  check_refused(file.bytes(), message);
}

bool same(const sep::NusslFile& a, const sep::NusslFile& b) {
  bool equal = a.hidden_size == b.hidden_size && a.num_layers == b.num_layers &&
               a.dropout == b.dropout && a.sample_rate == b.sample_rate &&
               a.stft.window_length == b.stft.window_length &&
               a.stft.hop_length == b.stft.hop_length && a.state.size() == b.state.size();
  for (const auto& [name, tensor] : b.state) {
    const auto found = a.state.find(name);
    equal = equal && found != a.state.end() && found->second.bytes == tensor.bytes &&
            found->second.shape == tensor.shape;
  }
  return equal;
}

}  // namespace

TEST_CASE("a checkpoint is read", "[model]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const auto file = sep::parse_nussl_file(FakeFile().bytes(), "there.pth");
  CHECK(file.hidden_size == 1);
  CHECK(file.num_layers == 1);
  CHECK(file.dropout == 0.25);
  CHECK(file.stft.window_length == 4);
  CHECK(file.stft.hop_length == 2);
  CHECK(file.sample_rate == 8000);
  CHECK(file.state.size() == 15);
  const auto& weight = file.state.at("embedding.linear.weight");
  CHECK(weight.shape == std::vector<int64_t>{3, 2});
  CHECK(sep::to_values<float>(weight) == std::vector<float>{100, 101, 102, 103, 104, 105});
  CHECK(file.state.at("input_normalization.batch_norm.num_batches_tracked").dtype ==
        sep::Dtype::kI64);
}

TEST_CASE("strides, offsets and both kinds of STFT settings", "[model]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  FakeFile fake;
  auto& weight = fake.tensors[kLinear];
  weight.strides = {1, 3};  // transposed
  weight.offset = 2;
  weight.storage_size = 8;
  fake.stft = global("nussl.core.audio_signal", "STFTParams") + number(4) + number(2) +
              text("sqrt_hann") + "\x87\x81";
  fake.extra_state = text("layers.model.anything") + "N";
  const auto file = sep::parse_nussl_file(fake.bytes(), "there.pth");
  CHECK(sep::to_values<float>(file.state.at("embedding.linear.weight")) ==
        std::vector<float>{102, 105, 103, 106, 104, 107});
  CHECK(file.stft.window_length == 4);
}

TEST_CASE("records of no matter do not disturb", "[model]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  FakeFile fake;
  fake.extra_entries = {{"m/byteorder", "little"}, {"m/.format_version", "1"}};
  fake.extra_state =
      text("layers.mask.x") + global("os", "system") + "(" + text("true") + "tR";
  CHECK_NOTHROW(sep::parse_nussl_file(fake.bytes(), "there.pth"));
}

TEST_CASE("a state that code would have to make is refused", "[model][failure]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const std::string call = global("os", "system") + "(" + text("true") + "tR";
  refused([&](FakeFile& f) { f.state_begin = call + "("; }, "state_dict");
  refused([&](FakeFile& f) { f.config = call; }, "config is no text");
  refused([&](FakeFile& f) { f.stft = call; }, "window_length");
  refused([&](FakeFile& f) { f.extra_state = text("model.x") + call; }, "no plain tensor");
  refused([&](FakeFile& f) { f.extra_state = text("other") + "N"; }, "left over");
  refused([](FakeFile& f) { f.extra_state = "NN"; }, "no text");
  refused([](FakeFile& f) { f.tensors[kLinear].function = "_rebuild_qtensor"; },
          "no plain tensor");
}

TEST_CASE("tensors that are not what they say are refused", "[model][failure]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const auto spoilt = [](auto change, const std::string& message) {
    refused([&](FakeFile& f) { change(f.tensors[kLinear]); }, message);
  };
  spoilt([](FakeTensor& t) { t.offset = 1; }, "beyond its storage");
  spoilt([](FakeTensor& t) { t.offset = -1; }, "beyond its storage");
  spoilt([](FakeTensor& t) { t.strides = {2147483647, 2147483647}; }, "beyond its storage");
  spoilt([](FakeTensor& t) { t.strides = {-2, 1}; }, "has no shape");
  spoilt([](FakeTensor& t) { t.shape = {-3, 2}; }, "has no shape");
  spoilt([](FakeTensor& t) { t.shape = {3}; }, "has no shape");
  spoilt([](FakeTensor& t) { t.shape = {2147483647, 2147483647}; }, "has no shape");
  spoilt([](FakeTensor& t) { t.shape = {65536, 65535}, t.strides = {0, 0}; }, "holds more");
  spoilt([](FakeTensor& t) { t.storage_type = "HalfStorage"; }, "another type");
  spoilt([](FakeTensor& t) { t.storage_type = "DoubleStorage"; }, "another type");
  spoilt([](FakeTensor& t) { t.storage_type = "LongStorage\n"; }, "there.pth");
  refused([](FakeFile& f) { f.left_out = "m/data/0"; }, "missing");
  refused([](FakeFile& f) { f.extra_entries = {{"m/byteorder", "big"}}; }, "big-endian");
}

TEST_CASE("other models and settings are refused", "[model][failure]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const auto setting = [](const std::string& from, const std::string& to) {
    refused(
        [&](FakeFile& f) { f.settings.replace(f.settings.find(from), from.size(), to); },
        to.substr(1, to.find('"', 1) - 1));
  };
  setting("\"num_sources\": 1", "\"num_sources\": 2");
  setting("\"num_audio_channels\": 1", "\"num_audio_channels\": 2");
  setting("\"num_features\": 3", "\"num_features\": 4");
  setting("\"bidirectional\": true", "\"bidirectional\": false");
  setting("\"activation\": \"sigmoid\"", "\"activation\": \"softmax\"");
  setting("\"dropout\": 0.25", "\"dropout\": \"much\"");
  setting("\"hidden_size\": 1", "\"hidden_size\": 1.5");
  setting("\"dropout\"", "\"rnn_type\": \"gru\", \"dropout\"");
  setting("\"dropout\"", "\"normalization_class\": \"none\", \"dropout\"");
  setting("\"dropout\"", "\"depth\": 3, \"dropout\"");
  refused([](FakeFile& f) { f.settings = "\"hidden_size\": 1"; }, "num_layers");
  refused([](FakeFile& f) { f.model = "\"class\": \"DeepClustering\""; }, "DeepClustering");
  refused([](FakeFile& f) { f.other_modules = "\"x\": {\"class\": \"Stack\"}"; }, "Stack");
  refused([](FakeFile& f) { f.config = text("{"); }, "no JSON");
  // Deep enough to exhaust the stack of what goes down by calls.
  const std::string deep = std::string(1000000, '[') + std::string(1000000, ']');
  refused([&](FakeFile& f) { f.model = "\"class\": " + deep; }, "nested deeper");
  refused([](FakeFile& f) { f.config = text("[1]"); }, "modules");
  const auto stft = [](const std::string& value) {
    refused(
        [&](FakeFile& f) {
          f.stft = global("nussl.core.audio_signal", "STFTParams") + value + "\x87\x81";
        },
        "");
  };
  stft(number(4) + number(2) + text("hann"));
  stft(number(5) + number(2) + "N");
  stft(number(4) + number(0) + "N");
  stft("NNN");
}

TEST_CASE("what is no such zip file is refused", "[model][failure]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const auto entries = FakeFile().entries();
  check_refused("", "torch.save()");
  check_refused("no zip file at all, just some text", "zip");
  check_refused("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19.", "before 1.6");
  check_refused(make_zip(entries, true), "not simply stored");
  check_refused(make_zip({{"m/version", "3"}}), "data.pkl");
  check_refused(make_zip({{"data.pkl", "N."}}), "data.pkl");
  auto twice = entries;
  twice.emplace_back("n/data.pkl", entries[0].second);
  check_refused(make_zip(twice), "data.pkl");
  check_refused(make_zip({{"m/data.pkl", "\x80\x02N."}}), "metadata");
}

// Checksums catch what matters; what they do not cover does not matter.
TEST_CASE("damaged bytes are an error or make no difference", "[model][property]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  const std::string whole = FakeFile().bytes();
  const auto wanted = sep::parse_nussl_file(whole, "there.pth");
  int64_t num_refused = 0;
  int64_t num_different = 0;
  const auto attempt = [&](const std::string& bytes) {
    try {
      if (!same(sep::parse_nussl_file(bytes, "there.pth"), wanted)) ++num_different;
    } catch (const sep::Error& error) {
      ++num_refused;
      if (std::string(error.what()).rfind("there.pth", 0) != 0) ++num_different;
    }
  };
  for (size_t i = 0; i < whole.size(); ++i) {
    attempt(whole.substr(0, i));
    for (const int mask : {0x01, 0x80, 0xFF}) {
      std::string changed = whole;
      changed[i] = static_cast<char>(changed[i] ^ mask);
      attempt(changed);
    }
  }
  CHECK(num_different == 0);
  CHECK(num_refused > static_cast<int64_t>(whole.size()));
}

// Past the checksums: any pickle, with a checksum that fits it.
TEST_CASE("no pickle does more than raise an error", "[model][property]") {
  if (!sep::has_libzip()) SEP_SKIP("built without libzip");
  auto entries = FakeFile().entries();
  const std::string whole = entries[0].second;
  int64_t num_read = 0;
  for (size_t i = 0; i < whole.size(); ++i) {
    for (const int mask : {0x01, 0x08, 0x80, 0xFF}) {
      entries[0].second = whole;
      entries[0].second[i] = static_cast<char>(whole[i] ^ mask);
      try {
        sep::parse_nussl_file(make_zip(entries), "there.pth");
        ++num_read;
      } catch (const sep::Error&) {
      }
    }
  }
  CHECK(num_read > 0);
}
