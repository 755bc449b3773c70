#include "libsep/core/detail/safetensors_header.h"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "libsep/core/error.h"

namespace sep::detail {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMetadataKey = "__metadata__";
constexpr size_t kMaxAxes = 64;

constexpr Dtype kDtypes[] = {Dtype::kF64,
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

// Takes the header's parts as the parser meets them. What does not belong at a place is
// refused there, so nothing is nested deeper than the format's three levels.
class HeaderReader : public nlohmann::json_sax<Json> {
 public:
  explicit HeaderReader(const std::string& file_name) : file_name_(file_name) {}

  SafetensorsHeader take() { return std::move(header_); }

  bool null() override { misplaced("null"); }
  bool boolean(bool /*value*/) override { misplaced("a truth value"); }
  bool number_float(double /*value*/, const std::string& text) override { misplaced(text); }
  bool binary(Json::binary_t& /*value*/) override { misplaced("binary data"); }
  bool number_integer(int64_t value) override { misplaced(std::to_string(value)); }

  bool number_unsigned(uint64_t value) override {
    if (place_ == Place::kOffsets) {
      offsets_.push_back(value);
    } else if (place_ == Place::kShape && value <= std::numeric_limits<int64_t>::max()) {
      if (tensor().shape.size() == kMaxAxes) fail("has more axes than are read");
      tensor().shape.push_back(static_cast<int64_t>(value));
    } else {
      misplaced(std::to_string(value));
    }
    return true;
  }

  bool string(std::string& value) override {
    if (place_ == Place::kMetadata) {
      header_.metadata[key_] = value;
    } else if (place_ == Place::kTensor && key_ == "dtype") {
      tensor().dtype = parse_dtype(value);
    } else {
      misplaced("text");
    }
    return true;
  }

  bool start_object(size_t /*count*/) override {
    keys_.clear();
    if (place_ == Place::kStart) {
      place_ = Place::kFile;
    } else if (place_ == Place::kFile && key_ == kMetadataKey) {
      place_ = Place::kMetadata;
    } else if (place_ == Place::kFile) {
      header_.tensors.emplace_back();
      tensor().name = key_;
      place_ = Place::kTensor;
    } else {
      misplaced("an object");
    }
    return true;
  }

  bool key(std::string& key) override {
    auto& keys = place_ == Place::kFile ? names_ : keys_;
    if (!keys.insert(key).second) fail("\"" + shown_text(key) + "\" is given twice");
    if (place_ == Place::kTensor && key != "dtype" && key != "shape" &&
        key != "data_offsets") {
      fail("wants dtype, shape and data_offsets, found \"" + shown_text(key) + "\"");
    }
    key_ = key;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor) end_tensor();
    place_ = place_ == Place::kFile ? Place::kEnd : Place::kFile;
    return true;
  }

  bool start_array(size_t /*count*/) override {
    if (place_ == Place::kTensor && key_ == "shape") {
      place_ = Place::kShape;
    } else if (place_ == Place::kTensor && key_ == "data_offsets") {
      offsets_.clear();
      place_ = Place::kOffsets;
    } else {
      misplaced("a list");
    }
    return true;
  }

  bool end_array() override {
    place_ = Place::kTensor;
    return true;
  }

  bool parse_error(size_t position,
                   const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    throw Error(fmt::format("{}: its header is no JSON at byte {}", file_name_, position));
  }

 private:
  enum class Place { kStart, kFile, kMetadata, kTensor, kShape, kOffsets, kEnd };

  TensorEntry& tensor() { return header_.tensors.back(); }

  void end_tensor() {
    if (keys_.size() != 3) fail("wants dtype, shape and data_offsets");
    if (offsets_.size() != 2)
      fail(fmt::format("wants 2 data_offsets, found {}", offsets_.size()));
    tensor().begin = offsets_[0];
    tensor().end = offsets_[1];
  }

  Dtype parse_dtype(const std::string& name) {
    for (const Dtype dtype : kDtypes) {
      if (dtype_name(dtype) == name) return dtype;
    }
    fail("dtype \"" + shown_text(name) + "\" is not known");
  }

  [[noreturn]] void misplaced(const std::string& found) {
    fail(shown_text(found) +
         (place_ == Place::kStart ? "" : " at \"" + shown_text(key_) + "\"") +
         " does not belong there");
  }

  [[noreturn]] void fail(const std::string& problem) {
    const bool in_tensor =
        place_ == Place::kTensor || place_ == Place::kShape || place_ == Place::kOffsets;
    const auto where =
        in_tensor ? fmt::format("tensor \"{}\"", shown_text(tensor().name)) : "its header";
    throw Error(fmt::format("{}: {}: {}", file_name_, where, problem));
  }

  const std::string& file_name_;
  Place place_ = Place::kStart;
  std::string key_;
  std::set<std::string> names_;  // of the tensors
  std::set<std::string> keys_;   // of the object the parser is in
  std::vector<uint64_t> offsets_;
  SafetensorsHeader header_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json,
                                           const std::string& file_name) {
  // The parser takes a zero byte for the end of the text.
  const size_t zero = json.find('\0');
  SEP_CHECK(!json.empty() && json.front() == '{' && zero == std::string_view::npos,
            "{}: its header is no JSON at byte {}",
            file_name,
            !json.empty() && json.front() == '{' ? zero : 0);
  HeaderReader reader(file_name);
  Json::sax_parse(json.begin(), json.end(), &reader);
  return reader.take();
}

std::string safetensors_header_text(const SafetensorsHeader& header) {
  Json json = Json::object();
  if (!header.metadata.empty()) json[std::string(kMetadataKey)] = header.metadata;
  for (const auto& tensor : header.tensors) {
    SEP_CHECK(tensor.name != kMetadataKey, "a tensor cannot be called {}", kMetadataKey);
    json[tensor.name] = {{"dtype", dtype_name(tensor.dtype)},
                         {"shape", tensor.shape},
                         {"data_offsets", {tensor.begin, tensor.end}}};
  }
  try {
    return json.dump();
  } catch (const Json::exception&) {
    throw Error("safetensors: a name or a text of the metadata is no UTF-8");
  }
}

}  // namespace sep::detail
