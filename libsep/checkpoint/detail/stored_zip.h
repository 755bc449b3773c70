#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sep {

/// A zip file in memory whose entries are not compressed (libzip). Any number of
/// entries may lie on the same bytes, so ask for what is needed, not for all.
class StoredZip {
 public:
  /// `bytes` must outlive this. Throws Error with `name` for what is no sound zip file
  /// or holds a name twice, and where libsep was built without libzip.
  StoredZip(const std::string& bytes, std::string name);
  ~StoredZip();

  const std::vector<std::string>& names() const;
  bool contains(const std::string& entry) const;
  /// Bytes of an entry. This and read() throw Error where there is no such entry or it
  /// is compressed or encrypted, read() also where its checksum is wrong.
  size_t size(const std::string& entry) const;
  std::string read(const std::string& entry) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sep
