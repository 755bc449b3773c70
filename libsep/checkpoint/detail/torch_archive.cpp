#include "libsep/checkpoint/detail/torch_archive.h"

#include <optional>
#include <utility>

#include "libsep/checkpoint/detail/stored_zip.h"
#include "libsep/core/error.h"

namespace sep {
namespace {

using Kind = PickleNode::Kind;

constexpr int64_t kMaxElements = int64_t{1} << 32;

// Where a tensor lies: _rebuild_tensor_v2(storage, offset, shape, strides, …).
struct Layout {
  const PickleNode* storage = nullptr;
  int64_t offset = 0;
  std::vector<int64_t> shape;
  std::vector<int64_t> strides;
};

// Nonnegative integers of a tuple; nothing where it is none.
std::optional<std::vector<int64_t>> extents(const PickleNode& node) {
  if (node.kind != Kind::kTuple || node.items.size() > 8) return std::nullopt;
  std::vector<int64_t> values;
  for (const auto* item : node.items) {
    if (item->kind != Kind::kInteger || item->integer < 0) return std::nullopt;
    values.push_back(item->integer);
  }
  return values;
}

std::optional<Layout> layout_of(const PickleNode& node) {
  const auto& arguments = node.items[1]->items;
  if (arguments.size() < 4 || arguments[1]->kind != Kind::kInteger) return std::nullopt;
  const auto shape = extents(*arguments[2]);
  const auto strides = extents(*arguments[3]);
  if (!shape || !strides || shape->size() != strides->size()) return std::nullopt;
  return Layout{arguments[0], arguments[1]->integer, *shape, *strides};
}

// Elements of a shape; nothing above the largest that is read.
std::optional<int64_t> count_of(const std::vector<int64_t>& shape) {
  int64_t count = 1;
  for (const int64_t extent : shape) {
    if (extent == 0) return 0;
    if (extent > kMaxElements / count) return std::nullopt;
    count *= extent;
  }
  return count;
}

// Whether all elements lie in a storage of `size` elements.
bool fits(const Layout& layout, int64_t size) {
  if (layout.offset < 0 || layout.offset > size) return false;
  int64_t last = layout.offset;
  for (size_t i = 0; i < layout.shape.size(); ++i) {
    if (layout.shape[i] == 0) return true;
    const int64_t steps = layout.shape[i] - 1;
    if (steps > 0 && layout.strides[i] > (size - last) / steps) return false;
    last += steps * layout.strides[i];
  }
  return last < size;
}

// The elements in row-major order; the layout fits.
std::string gather(const Layout& layout,
                   int64_t count,
                   size_t size,
                   const std::string& from) {
  std::string bytes;
  bytes.reserve(static_cast<size_t>(count) * size);
  std::vector<int64_t> index(layout.shape.size(), 0);
  int64_t place = layout.offset;
  for (int64_t i = 0; i < count; ++i) {
    bytes.append(from, static_cast<size_t>(place) * size, size);
    for (size_t axis = index.size(); axis > 0; --axis) {
      const size_t a = axis - 1;
      place += layout.strides[a];
      if (++index[a] < layout.shape[a]) break;
      place -= layout.strides[a] * layout.shape[a];
      index[a] = 0;
    }
  }
  return bytes;
}

std::string folder_of(const StoredZip& zip, const std::string& name) {
  std::vector<std::string> folders;
  const std::string pickle = "/data.pkl";
  for (const auto& entry : zip.names()) {
    const size_t slash = entry.find('/');
    if (slash != std::string::npos && entry.substr(slash) == pickle) {
      folders.push_back(entry.substr(0, slash));
    }
  }
  SEP_CHECK(folders.size() == 1,
            "{} is no file of torch.save(): {} entries data.pkl, wants one",
            name,
            folders.size());
  return folders.front();
}

// PyTorch before 1.6: a pickle of this number, then others.
bool is_old_format(const std::string& bytes) {
  const std::string magic = "\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
  return bytes.compare(0, magic.size(), magic) == 0;
}

const std::string& checked_format(const std::string& bytes, const std::string& name) {
  SEP_CHECK(!is_old_format(bytes),
            "{} was saved by PyTorch before 1.6: load and save it with a later one",
            name);
  return bytes;
}

}  // namespace

struct TorchArchive::State {
  State(std::string all_bytes, std::string file_name)
      : bytes(std::move(all_bytes)),
        name(std::move(file_name)),
        zip(checked_format(bytes, name), name),
        folder(folder_of(zip, name)),
        pickle(zip.read(folder + "/data.pkl"), name) {}

  std::string storage(const PickleNode& node,
                      int64_t size,
                      size_t element,
                      const std::string& what) const;

  std::string bytes;
  std::string name;
  StoredZip zip;
  std::string folder;
  Pickle pickle;
};

TorchArchive::TorchArchive(std::string bytes, std::string name)
    : state_(std::make_unique<State>(std::move(bytes), std::move(name))) {
  const std::string order = state_->folder + "/byteorder";
  SEP_CHECK(!state_->zip.contains(order) || state_->zip.read(order) == "little",
            "{} was written big-endian, which is not read here",
            state_->name);
}

TorchArchive::~TorchArchive() = default;

const PickleNode& TorchArchive::root() const { return state_->pickle.root(); }

bool TorchArchive::is_tensor(const PickleNode& node) {
  return node.is_call("torch._utils", "_rebuild_tensor_v2");
}

size_t TorchArchive::num_elements(const PickleNode& node) const {
  const auto layout = is_tensor(node) ? layout_of(node) : std::nullopt;
  const auto count = layout ? count_of(layout->shape) : std::nullopt;
  SEP_CHECK(count, "{}: a tensor has no shape that can be read", state_->name);
  return static_cast<size_t>(*count);
}

// The id is ("storage", its class, its number, where it was, its elements).
TensorData TorchArchive::tensor(const PickleNode& node, const std::string& what) const {
  const auto layout = is_tensor(node) ? layout_of(node) : std::nullopt;
  const auto count = layout ? count_of(layout->shape) : std::nullopt;
  SEP_CHECK(count && layout->storage->kind == Kind::kPersistent &&
                layout->storage->items[0]->kind == Kind::kTuple &&
                layout->storage->items[0]->items.size() == 5,
            "{}: {} is no tensor that can be read",
            state_->name,
            what);
  const auto& id = layout->storage->items[0]->items;
  const bool is_float = id[1]->is_global("torch", "FloatStorage");
  SEP_CHECK(is_float || id[1]->is_global("torch", "LongStorage"),
            "{}: {} is of another type than float and int64",
            state_->name,
            what);
  const Dtype dtype = is_float ? Dtype::kF32 : Dtype::kI64;
  const auto element = static_cast<size_t>(dtype_size(dtype));
  SEP_CHECK(id[4]->kind == Kind::kInteger && fits(*layout, id[4]->integer),
            "{}: {} reaches beyond its storage",
            state_->name,
            what);
  const auto storage = state_->storage(*id[2], id[4]->integer, element, what);
  return {dtype, layout->shape, gather(*layout, *count, element, storage)};
}

std::string TorchArchive::State::storage(const PickleNode& node,
                                         int64_t size,
                                         size_t element,
                                         const std::string& what) const {
  const std::string entry = folder + "/data/" + node.text;
  SEP_CHECK(node.kind == Kind::kText && zip.contains(entry),
            "{}: the storage of {} is missing",
            name,
            what);
  SEP_CHECK(size >= 0 && static_cast<size_t>(size) <= bytes.size() / element &&
                zip.size(entry) == static_cast<size_t>(size) * element,
            "{}: the storage of {} has {} bytes, not {} elements of {}",
            name,
            what,
            zip.size(entry),
            size,
            element);
  return zip.read(entry);
}

}  // namespace sep
