#pragma once

#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "libsep/core/registry.h"

namespace sep {
namespace detail {

/// A choice from a registry with its options, whatever the registry makes.
class AnyKind {
 public:
  /// Its name; "" where none is chosen yet.
  const std::string& type() const { return type_; }

  /// Whether its options are an O.
  template <class O>
  bool has_options() const {
    return options_ != nullptr && options_->type() == typeid(O);
  }

  /// Its options. Throws Error where they are no O.
  template <class O>
  const O& options() const {
    if (!has_options<O>()) refuse_options(typeid(O));
    return *static_cast<const O*>(options_->get());
  }
  template <class O>
  O& options() {
    return const_cast<O&>(std::as_const(*this).template options<O>());
  }

  /// Its own keys and values, without `type`.
  std::vector<ConfigField> fields() const;

  /// Throws as its options' validate() does, and Error where none is chosen.
  void validate() const;

 protected:
  friend class ConfigShaper;
  friend class ConfigReader;
  friend class ConfigLister;

  explicit AnyKind(const KindTable& table) : table_(&table) {}
  AnyKind(const KindTable& table, const std::string& type);
  AnyKind(const KindTable& table, std::unique_ptr<KindOptions> options);
  AnyKind(const AnyKind& other);
  AnyKind& operator=(const AnyKind& other);
  AnyKind(AnyKind&&) noexcept = default;
  AnyKind& operator=(AnyKind&&) noexcept = default;
  ~AnyKind() = default;

  /// Throws Error where none is chosen.
  const KindOptions& chosen() const;

  void choose(const std::string& type);  // with that kind's default options

 private:
  [[noreturn]] void refuse_options(std::type_index wanted) const;

  const KindTable* table_;
  std::string type_;
  std::unique_ptr<KindOptions> options_;
};

}  // namespace detail

/// A kind of a registry with its options: a value, and a field of options structs.
///
///     struct ModelConfig {
///       Kind<networks> model{"mask_inference"};
///       std::vector<Kind<losses>> loss = {Kind<losses>("l1")};
///       template <class Archive>
///       void visit(Archive& archive) {
///         archive("model", model, "the network");
///         archive("loss", loss);
///       }
///     };
///
///     model: {type: joint, hidden_size: 256}
///     loss: [{type: snr}, {type: l1}]
///
/// Where a file gives no type it is the field's default one, in a list none: there it must
/// be given. Where a file gives another than the default, keys not given have that kind's
/// defaults. A key of another kind is an error that says so:
///
///     x.yaml:5: model.dilation is a key of conv_tasnet, not of mask_inference
///     x.yaml:4: model.type = conv_tasnt: no network; did you mean conv_tasnet? (there are:
///     …)
///
/// Keys that stand beside a kind's, as a weight, are those of a struct around it:
///
///     struct WeightedLoss {
///       double weight = 1.0;
///       Kind<losses> loss;
///       template <class Archive>
///       void visit(Archive& archive) {
///         loss.visit(archive);           // type and its keys, here and not below "loss"
///         archive("weight", weight);
///       }
///     };
///
/// There the type's own key may be called otherwise, archive.kind(loss, "loss").
template <auto& (*registry)()>
class Kind : public detail::AnyKind {
 public:
  /// None yet: a type must be read or assigned.
  Kind() : AnyKind(registry()) {}

  /// That kind with its default options. Throws Error where there is none.
  explicit Kind(const std::string& type) : AnyKind(registry(), type) {}

  /// The kind that has such options. Throws Error where none or several have.
  template <class O>
  static Kind of(const O& options) {
    return Kind(std::make_unique<detail::TypedKindOptions<O>>(options));
  }

  /// What the registry's maker makes of the options.
  template <class... Args>
  auto make(Args&&... args) const {
    const auto& own_options = chosen();
    return registry().make(type(), own_options, std::forward<Args>(args)...);
  }

  template <class Archive>
  void visit(Archive& archive) {
    archive.kind(*this);
  }

 private:
  explicit Kind(std::unique_ptr<detail::KindOptions> options)
      : AnyKind(registry(), std::move(options)) {}
};

}  // namespace sep
