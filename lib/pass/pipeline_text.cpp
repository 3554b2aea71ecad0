#include <algorithm>
#include <charconv>

#include "lib/pass/pipeline.h"
#include "lib/support/text.h"

namespace tinyc {
namespace {

constexpr int max_depth = 8;  // of groups and named pipelines, which are untrusted text

Error usage(std::string where, std::string message, std::string remedy = {}) {
  return Error("TC5020", std::move(where), std::move(message), std::move(remedy));
}

// "did you mean 'a' or 'b'?", or what there is.
std::string suggestion(std::string_view word, const std::vector<std::string>& candidates, std::string otherwise) {
  std::vector<std::string> near = near_matches(word, candidates);
  if (near.empty()) return otherwise;
  if (near.size() > 3) near.resize(3);
  return "did you mean '" + join(near, "' or '") + "'?";
}

std::string_view kind_of(const Attribute& attribute) {
  constexpr std::array<std::string_view, 7> kinds{"an integer",         "a number",         "a word", "a list of integers",
                                                  "a list of numbers", "a list of words", "a tensor"};
  return kinds[attribute.index()];
}

struct Item {
  std::string text;
  bool quoted = false;
};

template <class T>
bool parse_item(const Item& item, T& out) {
  if constexpr (std::is_same_v<T, std::string>) {
    out = item.text;
    return true;
  } else {
    const char* const last = item.text.data() + item.text.size();
    const auto [end, error] = std::from_chars(item.text.data(), last, out);
    return !item.quoted && error == std::errc() && end == last;
  }
}

class Parser {
 public:
  Parser(PassTable passes, std::span<const NamedPipeline> named) : passes_(passes), named_(named) {}

  Result<Pipeline> parse(std::string_view text, int depth) {
    Parser inner(passes_, named_);
    inner.text_ = text;
    inner.depth_ = depth;
    auto pipeline = TINYC_TRY(inner.steps());
    if (inner.peek() != '\0') return inner.unexpected("',' or the end");
    return pipeline;
  }

 private:
  char peek() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r')) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  bool accept(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }
  Error unexpected(std::string wanted) {
    const std::string found = peek() == '\0' ? "the end" : "'" + std::string(text_.substr(at_, 12)) + "'";
    return usage("pipeline", "expected " + wanted + " at column " + std::to_string(at_ + 1) + ", found " + found);
  }
  std::string word() {
    peek();
    const std::size_t end = std::min(text_.find_first_of(", \t\r\n{}[]()=\"*", at_), text_.size());
    const std::string result(text_.substr(at_, end - at_));
    at_ = end;
    return result;
  }

  Result<Pipeline> steps() {
    Pipeline pipeline;
    do {
      Pipeline parsed = TINYC_TRY(step());
      for (PipelineStep& each : parsed) pipeline.push_back(std::move(each));
    } while (accept(','));
    return pipeline;
  }

  Result<Pipeline> step() {
    if (accept('(')) {
      if (++depth_ > max_depth) return usage("pipeline", "groups are nested too deeply");
      PipelineStep group;
      group.group = TINYC_TRY(steps());
      --depth_;
      if (!accept(')') || !accept('*')) return unexpected("')*'");
      return Pipeline{std::move(group)};
    }
    const std::string name = word();
    if (name.empty()) return unexpected("the name of a pass");
    for (const NamedPipeline& named : named_)
      if (named.name == name) {
        if (depth_ >= max_depth) return usage("pipeline", "the named pipeline '" + name + "' contains itself");
        return parse(named.text, depth_ + 1);
      }
    PipelineStep step{find_pass(passes_, name)};
    if (!step.pass) return unknown_pass(name);
    if (accept('{') && !accept('}')) {
      do {
        const auto [key, value] = TINYC_TRY(option(step.pass->info));
        if (step.options.has(key)) return usage(name, "the option '" + key + "' is given twice");
        step.options.set(key, value);
      } while (accept(','));
      if (!accept('}')) return unexpected("',' or '}'");
    }
    return Pipeline{std::move(step)};
  }

  Error unknown_pass(const std::string& name) const {
    std::vector<std::string> names;
    for (const Pass* pass : passes_) names.emplace_back(pass->info.name);
    for (const NamedPipeline& named : named_) names.emplace_back(named.name);
    return usage("pipeline", "there is no pass '" + name + "'", suggestion(name, names, "`tinyc passes` lists them"));
  }

  Result<std::pair<std::string, Attribute>> option(const PassInfo& info) {
    const std::string key = word();
    if (key.empty()) return unexpected("the name of an option");
    const auto at = std::find_if(info.options.begin(), info.options.end(), [&](const auto& o) { return o.name == key; });
    if (at == info.options.end()) {
      std::vector<std::string> names;
      for (const PassOption& each : info.options) names.push_back(each.name);
      const std::string has = names.empty() ? "it takes no options" : "it takes " + join(names, ", ");
      return usage(std::string(info.name), "there is no option '" + key + "'", suggestion(key, names, has));
    }
    if (!accept('=')) return unexpected("'='");
    return std::pair(key, TINYC_TRY(value(info, *at)));
  }

  Result<Item> item() {
    if (!accept('"')) {
      Item result{word()};
      if (result.text.empty()) return unexpected("a value");
      return result;
    }
    Item result{"", true};
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      result.text += text_[at_];
    }
    if (at_ == text_.size()) return unexpected("a closing '\"'");
    ++at_;
    return result;
  }

  Result<Attribute> value(const PassInfo& info, const PassOption& option) {
    const bool is_list = accept('[');
    std::vector<Item> items;
    if (!(is_list && accept(']'))) {
      do items.push_back(TINYC_TRY(item()));
      while (is_list && accept(','));
      if (is_list && !accept(']')) return unexpected("',' or ']'");
    }
    if (auto typed = convert(items, is_list, option.otherwise)) return *std::move(typed);
    std::vector<std::string> texts;
    for (const Item& each : items) texts.push_back(each.text);
    return usage(std::string(info.name), "the option '" + option.name + "' is " + std::string(kind_of(option.otherwise)) +
                                             ", not '" + join(texts, ", ") + "'", option.help);
  }

  // The items as an attribute of the kind of `like`; nothing when they are not of that kind.
  static std::optional<Attribute> convert(const std::vector<Item>& items, bool is_list, const Attribute& like) {
    return std::visit([&]<class T>(const T&) -> std::optional<Attribute> {
      if constexpr (std::is_same_v<T, Tensor>) {
        return std::nullopt;
      } else if constexpr (requires { typename T::value_type; } && !std::is_same_v<T, std::string>) {
        T list(is_list ? items.size() : 0);
        for (std::size_t i = 0; i < list.size(); ++i)
          if (!parse_item(items[i], list[i])) return std::nullopt;
        return is_list ? std::optional<Attribute>(std::move(list)) : std::nullopt;
      } else {
        T single{};
        if (is_list || !parse_item(items.front(), single)) return std::nullopt;
        return single;
      }
    }, like);
  }

  PassTable passes_;
  std::span<const NamedPipeline> named_;
  std::string_view text_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

std::string print_item(std::int64_t value) { return std::to_string(value); }
std::string print_item(double value) { return shortest(value); }
std::string print_item(const std::string& value) {
  if (!value.empty() && value.find_first_of(", \t\r\n{}[]()=\"*\\") == value.npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}
template <class T>
std::string print_item(const std::vector<T>& values) {
  std::vector<std::string> items;
  for (const T& value : values) items.push_back(print_item(value));
  return "[" + join(items, ", ") + "]";
}
std::string print_item(const Tensor&) { TINYC_CHECK(false, "a pass option that is a tensor"); }

std::string print(const PipelineStep& step) {
  if (!step.pass) return "(" + print(step.group) + ")*";
  std::vector<std::string> options;
  for (const auto& [key, value] : step.options)
    options.push_back(key + "=" + std::visit([](const auto& v) { return print_item(v); }, value));
  return std::string(step.pass->info.name) + (options.empty() ? "" : "{" + join(options, ", ") + "}");
}

}  // namespace

const Pass* find_pass(PassTable passes, std::string_view name) {
  const auto at = std::find_if(passes.begin(), passes.end(), [&](const Pass* pass) { return pass->info.name == name; });
  return at == passes.end() ? nullptr : *at;
}

Result<Pipeline> parse_pipeline(std::string_view text, PassTable passes, std::span<const NamedPipeline> named) {
  return Parser(passes, named).parse(text, 0);
}

std::string print(const Pipeline& pipeline) {
  std::vector<std::string> steps;
  for (const PipelineStep& step : pipeline) steps.push_back(print(step));
  return join(steps, ", ");
}

}  // namespace tinyc
