#include "libsep/model/device.h"

#include <dlfcn.h>

#include <c10/core/StreamGuard.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <torch/torch.h>
#include <torch/version.h>

#include <array>
#include <cstdlib>
#include <mutex>
#include <vector>

#include "libsep/core/error.h"
#include "libsep/model/detail/quiet_warnings.h"

namespace sep {
namespace {

// TF32 has 10 bits of a float's 23.
void prepare_cuda() {
  static std::once_flag once;
  std::call_once(once, [] {
    const QuietWarnings quiet;  // newest LibTorchs have a second way to say the same
    at::globalContext().setAllowTF32CuDNN(false);
    at::globalContext().setAllowTF32CuBLAS(false);
  });
}

}  // namespace

DeviceChoice resolve_device(DeviceChoice choice) {
  const bool has_cuda = torch::cuda::is_available();
  if (choice == DeviceChoice::kAuto)
    return has_cuda ? DeviceChoice::kCuda : DeviceChoice::kCpu;
  SEP_CHECK(choice == DeviceChoice::kCpu || has_cuda,
            "device = cuda: wants a CUDA device, LibTorch {} finds none here",
            torch_version());
  return choice;
}

torch::Device torch_device(DeviceChoice choice) {
  if (resolve_device(choice) == DeviceChoice::kCpu) return {torch::kCPU};
  prepare_cuda();
  return {torch::kCUDA};
}

// The variable is what NVIDIA asks for where an LSTM is to give the same bits each time.
std::string repeatability_remark(const torch::Device& device) {
  if (!device.is_cuda() || std::getenv("CUBLAS_WORKSPACE_CONFIG") != nullptr) return {};
  return "CUBLAS_WORKSPACE_CONFIG is not set: a training on CUDA may end in other bytes "
         "when it "
         "is run again; wants :4096:8, set before the program begins";
}

// Asked of the driver itself: no header of CUDA, no library at link time.
std::string device_name(const torch::Device& device) {
  if (!device.is_cuda()) return {};
  void* const driver = dlopen("libcuda.so.1", RTLD_NOW);
  if (driver == nullptr) return {};
  const auto init = reinterpret_cast<int (*)(unsigned)>(dlsym(driver, "cuInit"));
  const auto get = reinterpret_cast<int (*)(int*, int)>(dlsym(driver, "cuDeviceGet"));
  const auto get_name =
      reinterpret_cast<int (*)(char*, int, int)>(dlsym(driver, "cuDeviceGetName"));
  std::array<char, 256> name{};
  int handle = 0;
  const bool known = init != nullptr && get != nullptr && get_name != nullptr &&
                     init(0) == 0 &&
                     get(&handle, device.has_index() ? device.index() : 0) == 0 &&
                     get_name(name.data(), static_cast<int>(name.size()) - 1, handle) == 0;
  dlclose(driver);
  return known ? name.data() : "";
}

namespace {

/// A stream out of those that nobody has now: LibTorch keeps memory by stream, so that a
/// new stream for each training would in the end hold the memory of all.
class LentStream {
 public:
  explicit LentStream(const torch::Device& device) : stream_(take(device)) {}
  ~LentStream() {
    const std::lock_guard<std::mutex> lock(mutex());
    free_streams().push_back(stream_);
  }
  LentStream(const LentStream&) = delete;
  LentStream& operator=(const LentStream&) = delete;
  const c10::Stream& get() const { return stream_; }

 private:
  static c10::Stream take(const torch::Device& device) {
    const std::lock_guard<std::mutex> lock(mutex());
    auto& streams = free_streams();
    for (auto stream = streams.begin(); stream != streams.end(); ++stream) {
      if (device.has_index() && stream->device() != device) continue;
      const auto taken = *stream;
      streams.erase(stream);
      return taken;
    }
    return c10::impl::VirtualGuardImpl(device.type()).getStreamFromGlobalPool(device);
  }
  static std::vector<c10::Stream>& free_streams() {
    static std::vector<c10::Stream> streams;
    return streams;
  }
  static std::mutex& mutex() {
    static std::mutex mutex;
    return mutex;
  }

  c10::Stream stream_;
};

}  // namespace

// The guard goes first: what is given back is in use no more.
struct OwnStream::Lent {
  explicit Lent(const torch::Device& device) : stream(device), guard(stream.get()) {}

  LentStream stream;
  c10::StreamGuard guard;
};

OwnStream::OwnStream(const torch::Device& device)
    : lent_(device.is_cuda() ? std::make_unique<Lent>(device) : nullptr) {}

OwnStream::~OwnStream() = default;

std::string torch_version() { return TORCH_VERSION; }

}  // namespace sep
