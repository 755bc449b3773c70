#include "libsep/core/kind.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "libsep/core/detail/config_tree.h"

namespace sep::detail {

AnyKind::AnyKind(const KindTable& table, const std::string& type) : table_(&table) {
  choose(type);
}

AnyKind::AnyKind(const KindTable& table, std::unique_ptr<KindOptions> options)
    : table_(&table) {
  const auto names = table.names_of(options->type());
  SEP_CHECK(names.size() == 1,
            "wants options of one {}, found those of {}",
            table.noun(),
            names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", ")));
  type_ = names[0];
  options_ = std::move(options);
}

AnyKind::AnyKind(const AnyKind& other)
    : table_(other.table_),
      type_(other.type_),
      options_(other.options_ == nullptr ? nullptr : other.options_->clone()) {}

AnyKind& AnyKind::operator=(const AnyKind& other) { return *this = AnyKind(other); }

void AnyKind::choose(const std::string& type) {
  options_ = table_->default_options(type);
  type_ = type;
}

const KindOptions& AnyKind::chosen() const {
  SEP_CHECK(options_ != nullptr, "no {} is chosen", table_->noun());
  return *options_;
}

void AnyKind::refuse_options(std::type_index wanted) const {
  const auto names = table_->names_of(wanted);
  throw Error(fmt::format(
      "wants the options of {}, the {} is {}",
      names.empty() ? "another registry" : fmt::format("{}", fmt::join(names, " or ")),
      table_->noun(),
      type_.empty() ? "not chosen" : type_));
}

std::vector<ConfigField> AnyKind::fields() const {
  ConfigLister lister;
  chosen().clone()->visit(lister);
  return lister.fields;
}

void AnyKind::validate() const { chosen().validate(); }

void ConfigShaper::kind(AnyKind& kind, const char* type_key) {
  const KindTable& table = *kind.table_;
  const ConfigNode* node = value_of(type_key, table.choices());
  if (node == nullptr) {
    if (kind.type().empty()) fail(type_key, " is not given: wants " + table.choices());
  } else {
    if (node->kind != ConfigNode::Kind::kScalar) fail_type(type_key, table.choices());
    if (!table.contains(node->text)) {
      fail(type_key, " = " + shown_text(node->text) + ": " + table.unknown(node->text));
    }
    if (node->text != kind.type()) kind.choose(node->text);
  }
  kind.options_->visit(*this);
}

void ConfigReader::kind(AnyKind& kind, const char* /*type_key*/) {
  kind.options_->visit(*this);
  check(kind);
}

void ConfigLister::kind(AnyKind& kind, const char* type_key) {
  kinds.push_back({prefix_, type_key, kind.type_, kind.table_});
  add(type_key, to_text(kind.type_), kind_meaning_);
  if (kind.options_ != nullptr) kind.options_->visit(*this);
}

}  // namespace sep::detail
