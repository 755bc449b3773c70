#include "libsep/core/safetensors.h"

#include <algorithm>
#include <cstring>

#include "libsep/core/atomic_file.h"
#include "libsep/core/error.h"
#include "libsep/core/random.h"
#include "tests/support/catch.h"
#include "tests/support/paths.h"

namespace {

// A file with the given header, whatever it says, and `num_bytes` bytes of tensors.
std::string raw(const std::string& header, size_t num_bytes) {
  const uint64_t length = header.size();
  std::string bytes(sizeof(length), '\0');
  std::memcpy(bytes.data(), &length, sizeof(length));
  return bytes + header + std::string(num_bytes, 'x');
}

std::string error_of_bytes(const std::string& bytes) {
  try {
    sep::parse_safetensors(bytes, "m");
  } catch (const sep::Error& error) {
    return error.what();
  }
  return "no error";
}

std::string error_of(const std::string& header, size_t num_bytes) {
  return error_of_bytes(raw(header, num_bytes));
}

sep::Safetensors example() {
  sep::Safetensors file;
  file.metadata = {{"rate", "44100"}, {"a \"quoted\" key", "Saxof\xC3\xB3n\n"}};
  file.tensors["b"] = sep::make_tensor_data<float>({2, 3}, {1, 2, 3, 4, 5, 6});
  file.tensors["a"] = {sep::Dtype::kU8, {3}, "xyz"};
  file.tensors["scalar"] = sep::make_tensor_data<double>({}, {0.5});
  file.tensors["empty"] = sep::make_tensor_data<int64_t>({4, 0}, {});
  file.tensors["half"] = {sep::Dtype::kBF16, {1}, "ab"};
  return file;
}

bool equal(const sep::Safetensors& a, const sep::Safetensors& b) {
  const auto same = [](const auto& x, const auto& y) {
    return x.first == y.first && x.second.dtype == y.second.dtype &&
           x.second.shape == y.second.shape && x.second.bytes == y.second.bytes;
  };
  return a.metadata == b.metadata &&
         std::equal(
             a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(), same);
}

}  // namespace

TEST_CASE("tensors read back as written", "[core][safetensors]") {
  const TemporaryFolder folder;
  sep::write_safetensors(folder / "m.safetensors", example());
  CHECK(equal(sep::read_safetensors(folder / "m.safetensors"), example()));
  CHECK(equal(sep::parse_safetensors(sep::to_safetensors({}), "m"), {}));
}

TEST_CASE("the bytes are those of the format", "[core][safetensors]") {
  sep::Safetensors file;
  file.tensors["w"] = sep::make_tensor_data<float>({1}, {1.0F});
  const std::string header = R"({"w":{"data_offsets":[0,4],"dtype":"F32","shape":[1]}})";
  const std::string padded = header + std::string((8 - header.size() % 8) % 8, ' ');
  const std::string bytes = sep::to_safetensors(file);
  REQUIRE(bytes.size() == 8 + padded.size() + 4);
  CHECK(bytes.substr(0, 8) ==
        std::string(1, static_cast<char>(padded.size())) + std::string(7, '\0'));
  CHECK(bytes.substr(8, padded.size()) == padded);
  CHECK(bytes.substr(8 + padded.size()) == std::string("\x00\x00\x80\x3F", 4));
}

TEST_CASE("every tensor is aligned to its element", "[core][safetensors][property]") {
  using sep::Dtype;
  sep::RandomStream random(1, "test/safetensors");
  const std::vector<Dtype> dtypes = {Dtype::kF64,
                                     Dtype::kF32,
                                     Dtype::kF16,
                                     Dtype::kBF16,
                                     Dtype::kI64,
                                     Dtype::kI32,
                                     Dtype::kI16,
                                     Dtype::kI8,
                                     Dtype::kU64,
                                     Dtype::kU32,
                                     Dtype::kU16,
                                     Dtype::kU8,
                                     Dtype::kBool};
  for (int trial = 0; trial < 50; ++trial) {
    sep::Safetensors file;
    for (int64_t t = 0; t < 8; ++t) {
      sep::TensorData tensor;
      tensor.dtype = dtypes[static_cast<size_t>(random.index(13))];
      tensor.shape = {random.index(4), 1 + random.index(3)};
      const auto size = tensor.num_elements() * sep::dtype_size(tensor.dtype);
      // Its own name, so that the place of each can be found among the bytes.
      tensor.bytes = std::string(static_cast<size_t>(size), static_cast<char>('A' + t));
      file.tensors[std::string(1, static_cast<char>('A' + t))] = tensor;
    }
    const std::string bytes = sep::to_safetensors(file);
    REQUIRE(equal(sep::parse_safetensors(bytes, "m"), file));
    uint64_t length = 0;
    std::memcpy(&length, bytes.data(), 8);
    REQUIRE(length % 8 == 0);
    for (const auto& [name, tensor] : file.tensors) {
      const size_t place = bytes.find(name[0], 8 + length);
      if (tensor.bytes.empty()) continue;
      REQUIRE(place % static_cast<size_t>(sep::dtype_size(tensor.dtype)) == 0);
    }
  }
}

TEST_CASE("files of other writers are read", "[core][safetensors]") {
  // Other order of keys and tensors, blanks, no padding, offsets out of order.
  const auto file =
      sep::parse_safetensors(raw(R"({ "z": {"shape":[2],"dtype":"U8","data_offsets":[4,6]},
          "__metadata__":{"format":"pt"}, "y":{"dtype":"I32","shape":[],"data_offsets":[0,4]},
          "e":{"dtype":"F64","shape":[0,7],"data_offsets":[4,4]}})",
                                 6),
                             "m");
  CHECK(file.metadata.at("format") == "pt");
  CHECK(file.at("z").bytes == "xx");
  CHECK(file.at("y").shape.empty());
  CHECK(file.at("e").num_elements() == 0);
  CHECK(error_of("{}", 0) == "no error");
}

TEST_CASE("values go in and come out", "[core][safetensors]") {
  const auto tensor = sep::make_tensor_data<int64_t>({2, 1}, {-1, int64_t{1} << 40});
  CHECK(sep::to_values<int64_t>(tensor) == std::vector<int64_t>{-1, int64_t{1} << 40});
  CHECK_THROWS_WITH(sep::to_values<float>(tensor), "a tensor of F32 wanted, found I64");
  CHECK_THROWS_WITH(sep::make_tensor_data<float>({2, 2}, {1.0F}),
                    "a tensor [2, 2] wants 4 values, found 1");
  CHECK_THROWS_AS(sep::make_tensor_data<float>({-1}, {1.0F}), sep::Error);
  CHECK_THROWS_AS(sep::to_values<float>({sep::Dtype::kF32, {2}, "1234"}), sep::Error);
  CHECK_THROWS_WITH(example().at("c"), "there is no tensor \"c\"");
}

TEST_CASE("what cannot be written is refused", "[core][safetensors][failure]") {
  sep::Safetensors file = example();
  file.tensors["b"].bytes.pop_back();
  CHECK_THROWS_WITH(sep::to_safetensors(file), "tensor \"b\" wants 24 bytes, found 23");
  CHECK_THROWS_AS(sep::to_safetensors({{}, {{"__metadata__", {}}}}), sep::Error);
  CHECK_THROWS_AS(sep::to_safetensors({{{"key", "\xFF"}}, {}}), sep::Error);
}

TEST_CASE("headers that lie are refused", "[core][safetensors][failure]") {
  CHECK(error_of_bytes("") == "m: is no safetensors file: it has 0 bytes");
  CHECK(error_of_bytes("1234567") == "m: is no safetensors file: it has 7 bytes");
  CHECK(error_of_bytes(std::string(8, '\xFF')) ==
        "m: is no safetensors file: a header of 18446744073709551615 bytes in a file of 8");
  CHECK(error_of_bytes(std::string("\x09\0\0\0\0\0\0\0{}      ", 16)) ==
        "m: is no safetensors file: a header of 9 bytes in a file of 16");
  CHECK(error_of("", 0) == "m: its header is no JSON at byte 0");
  CHECK(error_of(" {}", 0) == "m: its header is no JSON at byte 0");
  CHECK(error_of("[]", 0) == "m: its header is no JSON at byte 0");
  CHECK(error_of("{} x", 0) == "m: its header is no JSON at byte 4");
  CHECK(error_of(std::string("{}\0{}", 5), 0) == "m: its header is no JSON at byte 2");
  CHECK(error_of("{\"a\":", 0).find("m: its header is no JSON at byte ") == 0);
  CHECK(error_of("{\"\xFF\":{}}", 0).find("m: its header is no JSON at byte ") == 0);
}

TEST_CASE("entries that do not belong are refused", "[core][safetensors][failure]") {
  const auto tensor = [](const std::string& inside) {
    return error_of("{\"w\":{" + inside + "}}", 4);
  };
  CHECK(tensor(R"("dtype":"F32","shape":[1])") ==
        "m: tensor \"w\": wants dtype, shape and data_offsets");
  CHECK(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4],"x":1)") ==
        "m: tensor \"w\": wants dtype, shape and data_offsets, found \"x\"");
  CHECK(tensor(R"("dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4])") ==
        "m: tensor \"w\": \"dtype\" is given twice");
  CHECK(tensor(R"("dtype":"F8","shape":[1],"data_offsets":[0,4])") ==
        "m: tensor \"w\": dtype \"F8\" is not known");
  CHECK(tensor(R"("dtype":"F32","shape":[-1],"data_offsets":[0,4])") ==
        "m: tensor \"w\": -1 at \"shape\" does not belong there");
  CHECK(tensor(R"("dtype":"F32","shape":[1.0],"data_offsets":[0,4])") ==
        "m: tensor \"w\": 1.0 at \"shape\" does not belong there");
  CHECK(tensor(R"("dtype":"F32","shape":1,"data_offsets":[0,4])") ==
        "m: tensor \"w\": 1 at \"shape\" does not belong there");
  CHECK(tensor(R"("dtype":"F32","shape":[[1]],"data_offsets":[0,4])") ==
        "m: tensor \"w\": a list at \"shape\" does not belong there");
  CHECK(tensor(R"("dtype":"F32","shape":[1],"data_offsets":[0,4,8])") ==
        "m: tensor \"w\": wants 2 data_offsets, found 3");
  CHECK(tensor(R"("dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4])") ==
        "m: tensor \"w\": 9223372036854775808 at \"shape\" does not belong there");
  CHECK(tensor(R"("dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,4])")
            .find("does not belong there") != std::string::npos);
  CHECK(error_of(R"({"w":null})", 0) ==
        "m: its header: null at \"w\" does not belong there");
  CHECK(error_of(R"({"w":"text"})", 0) ==
        "m: its header: text at \"w\" does not belong there");
  CHECK(error_of(R"({"__metadata__":{"a":1}})", 0) ==
        "m: its header: 1 at \"a\" does not belong there");
  CHECK(error_of(R"({"__metadata__":{"a":{}}})", 0) ==
        "m: its header: an object at \"a\" does not belong there");
  CHECK(error_of(R"({"__metadata__":{"a":"x","a":"y"}})", 0) ==
        "m: its header: \"a\" is given twice");
  CHECK(error_of(R"({"w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},)"
                 R"("w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})",
                 0) == "m: its header: \"w\" is given twice");
}

TEST_CASE("offsets that lie are refused", "[core][safetensors][failure]") {
  const auto two = [](const std::string& a, const std::string& b, size_t num_bytes) {
    return error_of("{\"a\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":" + a +
                        "},\"b\":{\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":" + b +
                        "}}",
                    num_bytes);
  };
  CHECK(two("[0,2]", "[2,4]", 4) == "no error");
  CHECK(two("[2,4]", "[0,2]", 4) == "no error");
  CHECK(two("[0,2]", "[1,3]", 3) ==
        "m: tensor \"b\" begins at byte 1, the one before ends at 2");
  CHECK(two("[0,2]", "[0,2]", 2) ==
        "m: tensor \"b\" begins at byte 0, the one before ends at 2");
  CHECK(two("[0,2]", "[3,5]", 5) ==
        "m: tensor \"b\" begins at byte 3, the one before ends at 2");
  CHECK(two("[1,3]", "[3,5]", 5) ==
        "m: tensor \"a\" begins at byte 1, the one before ends at 0");
  CHECK(two("[0,2]", "[2,4]", 5) == "m: 4 bytes of tensors wanted, found 5");
  CHECK(two("[0,2]", "[2,4]", 3) ==
        "m: tensor \"b\": bytes 2 to 4 are not in the file's 3");
  CHECK(two("[0,2]", "[4,2]", 4) ==
        "m: tensor \"b\": bytes 4 to 2 are not in the file's 4");
  CHECK(two("[0,2]", "[2,18446744073709551615]", 4) ==
        "m: tensor \"b\": bytes 2 to 18446744073709551615 are not in the file's 4");
  CHECK(two("[0,3]", "[3,5]", 5) ==
        "m: tensor \"a\": U8 [2] has 2 bytes, the file gives it 3");
  const auto shaped = [](const std::string& shape) {
    return error_of(
        "{\"a\":{\"dtype\":\"F32\",\"shape\":" + shape + ",\"data_offsets\":[0,0]}}", 0);
  };
  CHECK(shaped("[4611686018427387904]") ==
        "m: tensor \"a\": shape [4611686018427387904] is not possible");
  CHECK(shaped("[4294967296,4294967296]").find("is not possible") != std::string::npos);
  CHECK(shaped("[0,4294967296,4294967296]").find("is not possible") != std::string::npos);
  CHECK(shaped("[4294967296,0]") == "no error");
}

TEST_CASE("deep JSON is refused without recursion", "[core][safetensors][failure]") {
  const auto opening = GENERATE(as<std::string>(), "[", "{\"a\":", "{\"shape\":[");
  std::string header = "{\"a\":";
  while (header.size() < 5000000) header += opening;
  const std::string error = error_of(header, 0);
  INFO(error);
  CHECK(error.find("m: ") == 0);
  CHECK(error.find("no JSON") == std::string::npos);  // refused before the text ends
  CHECK(error.size() < 200);
}

TEST_CASE("what a file says does not spoil a message", "[core][safetensors][failure]") {
  const std::string name = "a\\n\\u001b[2J" + std::string(1000, 'b');
  const auto entry = [&](const std::string& value) {
    return error_of("{\"" + name + "\":" + value + "}", 0);
  };
  const std::string floats = "{\"dtype\":\"F32\",\"data_offsets\":[0,0],\"shape\":";
  for (const auto& error : {entry("1"),
                            entry("\"" + name + "\""),
                            entry("{\"" + name + "\":1}"),
                            entry("{\"dtype\":\"" + name + "\"}"),
                            entry(floats + "[1]}"),
                            entry(floats + "[1" + std::string(100000, '0') + "]}")}) {
    INFO(error);
    CHECK(error.find("m: ") == 0);
    CHECK(error.find_first_of("\n\x1b") == std::string::npos);
    CHECK(error.size() < 300);
  }
  std::string shape = "[1";
  for (int i = 1; i < 64; ++i) shape += ",1";
  CHECK_THAT(entry(floats + shape + "]}"), Catch::Contains("has 4 bytes"));
  CHECK_THAT(entry(floats + shape + ",1]}"), Catch::EndsWith("more axes than are read"));
}

TEST_CASE("a damaged file is an error or another whole file",
          "[core][safetensors][failure]") {
  const std::string whole = sep::to_safetensors(example());
  for (size_t size = 0; size < whole.size(); ++size) {
    REQUIRE(error_of_bytes(whole.substr(0, size)) != "no error");
  }
  sep::RandomStream random(2, "test/safetensors/damage");
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = whole;
    for (int64_t n = 1 + random.index(4); n > 0; --n) {
      bytes[static_cast<size_t>(random.index(static_cast<int64_t>(bytes.size())))] =
          static_cast<char>(random.index(256));
    }
    const std::string error = error_of_bytes(bytes);
    REQUIRE((error == "no error" || error.find("m: ") == 0));
  }
}

TEST_CASE("the reference's files read", "[core][safetensors][golden]") {
  const auto root = reference_root();
  if (root.empty()) SEP_SKIP("no reference material beside the checkout");
  int num_files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(root / "golden")) {
    if (entry.path().extension() != ".safetensors") continue;
    const auto file = sep::read_safetensors(entry.path());
    CHECK_FALSE(file.tensors.empty());
    CHECK(equal(sep::parse_safetensors(sep::to_safetensors(file), "again"), file));
    ++num_files;
  }
  CHECK(num_files > 0);
}

TEST_CASE("a changed byte of a checked file is noticed", "[core][safetensors][failure]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  sep::write_checked_safetensors(path, example());
  CHECK(equal(sep::read_checked_safetensors(path), example()));
  const std::string whole = sep::read_file(path);
  // The last bytes are a tensor's, which nothing else looks at.
  for (size_t i = whole.size() - 8; i < whole.size(); ++i) {
    std::string bytes = whole;
    bytes[i] = static_cast<char>(bytes[i] ^ 0x40);
    sep::write_file_atomically(path, bytes);
    CHECK_NOTHROW(sep::read_safetensors(path));
    CHECK_THROWS_WITH(sep::read_checked_safetensors(path),
                      Catch::StartsWith(path.string() + ": damaged, its checksum says "));
  }
  sep::write_safetensors(path, example());  // as others write it
  CHECK(equal(sep::read_checked_safetensors(path), example()));
}

TEST_CASE("a checksum is of the contents, wherever they lie in the file",
          "[core][safetensors]") {
  const TemporaryFolder folder;
  const auto path = folder / "a.safetensors";
  sep::Safetensors file;
  file.tensors["a"] = sep::make_tensor_data<float>({1}, {1.0F});
  file.tensors["b"] = sep::make_tensor_data<float>({1}, {2.0F});
  sep::write_checked_safetensors(path, file);
  // FNV-1a of the 128 bytes without it, computed in Python.
  const std::string checksum = "688e975de88b384d";
  CHECK(sep::read_safetensors(path).metadata.at("checksum") == checksum);

  const std::string header =
      "{\"b\":{\"shape\":[1],\"dtype\":\"F32\",\"data_offsets\":[0,4]},"
      "\"__metadata__\":{\"checksum\":\"" +
      checksum +
      "\"},"
      "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}";
  const float values[] = {2.0F, 1.0F};
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size());
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(values), sizeof(values));
  sep::write_file_atomically(path, bytes);
  CHECK(equal(sep::read_checked_safetensors(path), file));
  CHECK(sep::read_checked_metadata(path).empty());
  bytes.back() = 0;
  sep::write_file_atomically(path, bytes);
  CHECK_THROWS_WITH(sep::read_checked_metadata(path), Catch::Contains("damaged"));
}
