#include "libsep/model/serial_math.h"

#include <future>
#include <optional>
#include <thread>

#include "libsep/model/model_file.h"
#include "tests/support/catch_torch.h"
#include "tests/support/host_settings.h"

extern "C" __attribute__((weak)) int openblas_get_num_threads();

using namespace sep;

namespace {

int blas_threads() {
  return openblas_get_num_threads == nullptr ? 0 : openblas_get_num_threads();
}

/// What LibTorch has on a thread that has not asked before.
int on_a_new_thread() {
  int found = 0;
  std::thread([&] { found = at::get_num_threads(); }).join();
  return found;
}

}  // namespace

TEST_CASE("the first in sets, the last out restores", "[model][host]") {
  const HostSettings host(3);
  const int blas = blas_threads();
  std::optional<SerialMath> first(std::in_place);
  CHECK(torch::get_num_threads() == 1);
  CHECK(blas_threads() <= 1);
  CHECK(on_a_new_thread() == 1);
  std::optional<SerialMath> second(std::in_place);
  first.reset();  // in any order
  CHECK(on_a_new_thread() == 1);
  CHECK(blas_threads() <= 1);
  second.reset();
  host.check();
  CHECK(on_a_new_thread() == 3);
  CHECK(blas_threads() == blas);
}

TEST_CASE("each thread finds its own number again", "[model][host]") {
  const HostSettings host(3);
  std::optional<SerialMath> here(std::in_place);
  int before = 0, during = 0, after = 0;
  std::thread([&] {
    at::set_num_threads(2);  // this thread's, whatever the process has
    before = at::get_num_threads();
    {
      const SerialMath there;
      during = at::get_num_threads();
    }
    after = at::get_num_threads();
  }).join();
  CHECK(before == 2);
  CHECK(during == 1);
  CHECK(after == 2);
  here.reset();
  host.check();
}

TEST_CASE("the last out may be another thread than the first in", "[model][host]") {
  const HostSettings host(3);
  std::optional<SerialMath> here(std::in_place);
  std::promise<void> made, end;
  std::thread other([&] {
    const SerialMath there;
    made.set_value();
    end.get_future().wait();
  });
  made.get_future().wait();
  here.reset();
  const int during = on_a_new_thread();
  end.set_value();
  other.join();
  CHECK(during == 1);
  CHECK(on_a_new_thread() == 3);
  host.check();
}

TEST_CASE("a new network draws nothing from the program's generator", "[model][host]") {
  const HostSettings host(2);
  ModelDescription description;
  make_model(description);
  host.check();
}
