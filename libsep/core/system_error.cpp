#include "libsep/core/system_error.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "libsep/core/error.h"

namespace sep {

bool is_machine_failure(int code) {
  return code == ENOSPC || code == EDQUOT || code == EFBIG || code == EIO ||
         code == EMFILE || code == ENFILE || code == ENOMEM || code == ESTALE;
}

void throw_system_error(const std::filesystem::path& path,
                        std::string_view action,
                        int code) {
  const std::string message = fmt::format(
      "{}: {}: {}", path.string(), action, std::generic_category().message(code));
  if (is_machine_failure(code)) throw Failure(message);
  throw Error(message);
}

}  // namespace sep
