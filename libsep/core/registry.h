#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <typeindex>
#include <typeinfo>
#include <utility>
#include <vector>

#include "libsep/core/config.h"

/// Names for kinds of things: networks, losses, optimizers. A kind is a name, what it is in
/// a few words, a struct of options with visit() (config.h), and a function that makes one:
///
///     Registry<std::shared_ptr<Network>(const NetworkInput&)>& networks() {
///       static Registry<std::shared_ptr<Network>(const NetworkInput&)>
///       registry("network"); return registry;
///     }
///     networks().add<JointOptions>(
///         "joint", "masks for all stems", [](const JointOptions& options,
///                                            const NetworkInput& input) { … });
///
/// Kind<networks> (kind.h) is the choice of one with its options. Kinds enter by such calls
/// alone, before anything is read; nothing adds itself at start-up. Any number of threads
/// may read a registry to which none adds.
namespace sep {

namespace detail {

/// Options of some kind.
class KindOptions {
 public:
  virtual ~KindOptions() = default;
  virtual std::unique_ptr<KindOptions> clone() const = 0;
  virtual std::type_index type() const = 0;
  virtual const void* get() const = 0;  // of type()
  virtual void visit(ConfigShaper& archive) = 0;
  virtual void visit(ConfigReader& archive) = 0;
  virtual void visit(ConfigLister& archive) = 0;
  virtual void validate() const = 0;
};

template <class Options>
class TypedKindOptions final : public KindOptions {
 public:
  TypedKindOptions() = default;
  explicit TypedKindOptions(const Options& options) : options_(options) {}

  std::unique_ptr<KindOptions> clone() const override {
    return std::make_unique<TypedKindOptions>(options_);
  }
  std::type_index type() const override { return typeid(Options); }
  const void* get() const override { return &options_; }
  void visit(ConfigShaper& archive) override { options_.visit(archive); }
  void visit(ConfigReader& archive) override { options_.visit(archive); }
  void visit(ConfigLister& archive) override { options_.visit(archive); }
  void validate() const override {
    if constexpr (has_validate<Options>::value) options_.validate();
  }

 private:
  Options options_;
};

/// A registry but for its makers.
class KindTable {
 public:
  /// What the kinds are, in the singular: "network".
  const std::string& noun() const { return noun_; }
  bool contains(const std::string& name) const { return entries_.count(name) > 0; }
  std::vector<std::string> names() const;  ///< sorted

  /// Each throws Error for a name there is none of.
  const std::string& meaning(const std::string& name) const;
  std::unique_ptr<KindOptions> default_options(const std::string& name) const;

  /// The kinds with such options.
  std::vector<std::string> names_of(std::type_index options) const;

  /// What to say where one is wanted: "one of joint, mask_inference".
  std::string choices() const;

  /// "no network; did you mean joint? (there are: joint, mask_inference)".
  std::string unknown(const std::string& name) const;

 protected:
  using MakeOptions = std::function<std::unique_ptr<KindOptions>()>;

  explicit KindTable(std::string noun) : noun_(std::move(noun)) {}
  KindTable(const KindTable&) = delete;
  KindTable& operator=(const KindTable&) = delete;
  ~KindTable() = default;

  void add_entry(const std::string& name,
                 const std::string& meaning,
                 std::type_index options,
                 MakeOptions make_options);

 private:
  struct Entry {
    std::string meaning;
    std::type_index options;
    MakeOptions make_options;
  };
  const Entry& entry(const std::string& name) const;

  std::string noun_;
  std::map<std::string, Entry> entries_;
};

}  // namespace detail

template <class Signature>
class Registry;

template <class Product, class... Args>
class Registry<Product(Args...)> : public detail::KindTable {
 public:
  /// `noun` says what the kinds are: "network".
  explicit Registry(std::string noun) : KindTable(std::move(noun)) {}

  /// `name` is what stands in YAML, of small letters, digits and underscores; `maker` is
  /// called as Product(const Options&, Args...). Options are default constructible, can be
  /// copied, and have visit() without a key `type`. Throws Error for a name that is there,
  /// with both meanings.
  template <class Options, class Maker>
  void add(const std::string& name, const std::string& meaning, Maker maker) {
    add_entry(name, meaning, typeid(Options), [] {
      return std::make_unique<detail::TypedKindOptions<Options>>();
    });
    makers_[name] = [maker = std::move(maker)](const detail::KindOptions& options,
                                               Args... args) -> Product {
      return maker(*static_cast<const Options*>(options.get()),
                   std::forward<Args>(args)...);
    };
  }

  /// For Kind::make(): `options` are of that kind.
  Product make(const std::string& name,
               const detail::KindOptions& options,
               Args... args) const {
    meaning(name);  // throws where there is none
    return makers_.at(name)(options, std::forward<Args>(args)...);
  }

 private:
  using Make = std::function<Product(const detail::KindOptions&, Args...)>;
  std::map<std::string, Make> makers_;
};

/// A kind with its keys and their defaults.
struct KindDescription {
  std::string name;
  std::string meaning;
  std::vector<ConfigKey> keys;  ///< without `type`
};

/// All kinds of a registry, sorted by name.
std::vector<KindDescription> list_kinds(const detail::KindTable& registry);

/// The kinds of several registries to read, in aligned columns:
///
///     network
///       joint              masks for all stems
///         hidden_size  256  units of the LSTM, a direction
std::string describe_kinds(const std::vector<const detail::KindTable*>& registries);

}  // namespace sep
