#include <algorithm>
#include <charconv>
#include <cmath>

#include "lib/ir/builder.h"
#include "lib/ir/text_format.h"
#include "lib/ir/text_syntax.h"
#include "lib/ir/verifier.h"
#include "lib/support/base64.h"

namespace tinyc {
namespace {

using text_syntax::continues_word;
using text_syntax::starts_word;

// Reads tokens; knows the line.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() { skip(); return at_ == text_.size(); }
  char peek() { skip(); return at_ < text_.size() ? text_[at_] : '\0'; }
  bool accept(char c) {
    if (peek() != c || at_ == text_.size()) return false;
    ++at_;
    return true;
  }
  Status expect(char c) {
    if (accept(c)) return {};
    return error(std::string("expected '") + c + "'" + found());
  }
  bool accept_word(std::string_view wanted) {
    skip();
    const std::string_view rest = text_.substr(at_);
    if (!rest.starts_with(wanted) || (rest.size() > wanted.size() && continues_word(rest[wanted.size()]))) return false;
    at_ += wanted.size();
    return true;
  }
  Result<std::string> word(const char* what) {
    if (!starts_word(peek())) return error(std::string("expected ") + what + found());
    const std::size_t start = at_;
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }
  Result<std::string> string() {
    TINYC_TRY(expect('"'));
    std::string result;
    for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\n') return error("a text that does not end on its line");
      if (text_[at_] != '\\') { result += text_[at_]; continue; }
      const auto escaped = escape();
      if (!escaped) return error("a bad escape in a text");
      result += *escaped;
    }
    if (at_ == text_.size()) return error("a text that does not end");
    ++at_;
    return result;
  }
  // The base64 text of large constants: no escapes, no copy.
  Result<std::string_view> plain_string() {
    TINYC_TRY(expect('"'));
    const auto end = text_.find('"', at_);
    if (end == text_.npos) return error("a text that does not end");
    const std::string_view result = text_.substr(at_, end - at_);
    at_ = end + 1;
    return result;
  }
  std::string_view number_text() {
    skip();
    const std::size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) ||
                                  std::string_view("+-.").find(text_[at_]) != std::string_view::npos))
      ++at_;
    return text_.substr(start, at_ - start);
  }
  template <class T>
  Result<T> number() { return number_of<T>(number_text()); }
  template <class T>
  Result<T> number_of(std::string_view token) const {
    T value{};
    const auto [end, code] = std::from_chars(token.data(), token.data() + token.size(), value);
    if (token.empty() || code != std::errc() || end != token.data() + token.size())
      return error("'" + std::string(token.substr(0, 40)) + "' is not a number of the kind expected here");
    return value;
  }
  Error error(const std::string& message) const {
    return Error("TC4050", "line " + std::to_string(line()), message);
  }

 private:
  void skip() {
    while (at_ < text_.size()) {
      if (text_[at_] == '#') at_ = std::min(text_.find('\n', at_), text_.size());
      else if (std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) ++at_;
      else return;
    }
  }
  std::optional<char> escape() {
    if (++at_ >= text_.size()) return std::nullopt;
    switch (text_[at_]) {
      case 'n': return '\n';
      case 't': return '\t';
      case '"': case '\\': return text_[at_];
      case 'x': break;
      default: return std::nullopt;
    }
    int code = 0;
    if (at_ + 2 >= text_.size()) return std::nullopt;
    const auto [end, bad] = std::from_chars(text_.data() + at_ + 1, text_.data() + at_ + 3, code, 16);
    if (bad != std::errc() || end != text_.data() + at_ + 3) return std::nullopt;
    at_ += 2;
    return static_cast<char>(code);
  }
  std::string found() {
    return at_end() ? ", the text ends" : ", found '" + std::string(text_.substr(at_, text_.find_first_of(" \n", at_) - at_)).substr(0, 20) + "'";
  }
  std::int64_t line() const { return 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n'); }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  Parser(std::string_view text, OpTable ops) : in_(text), ops_(ops) {}

  Result<Graph> parse() {
    if (!in_.accept_word("graph")) return in_.error("expected 'graph'");
    graph_.name = TINYC_TRY(in_.string());
    if (in_.accept_word("stage")) {
      TINYC_TRY(in_.expect('='));
      const auto stage = parse_stage(TINYC_TRY(in_.word("a stage")));
      if (!stage) return in_.error("an unknown stage");
      graph_.stage = *stage;
    }
    while (!in_.at_end()) TINYC_TRY(statement());
    if (const Status valid = verify(graph_); !valid.ok()) return Error("TC4050", "", "not a valid graph: " + valid.error().to_string());
    return std::move(graph_);
  }

 private:
  struct Declaration {
    std::string name;
    std::optional<Type> type;
    std::optional<Value::Range> range;
    std::optional<Quantization> pinned;
  };
  void annotate(ValueId id, const Declaration& declaration) {
    graph_.set_range(id, declaration.range);
    graph_.set_pinned(id, declaration.pinned);
  }

  Status statement() {
    if (in_.accept_word("meta")) {
      const std::string key = TINYC_TRY(in_.string());
      graph_.metadata[key] = TINYC_TRY(in_.string());
      return {};
    }
    if (in_.accept_word("input")) {
      const Declaration input = TINYC_TRY(typed_declaration());
      annotate(graph_.add_input(input.name, *input.type), input);
      return {};
    }
    if (in_.accept_word("const")) return constant();
    if (in_.accept_word("output")) return outputs();
    return node();
  }

  Status outputs() {
    std::vector<ValueId> outputs;
    do outputs.push_back(TINYC_TRY(value())); while (in_.accept(','));
    graph_.set_outputs(std::move(outputs));
    return {};
  }

  Status constant() {
    const Declaration constant = TINYC_TRY(typed_declaration());
    TINYC_TRY(in_.expect('='));
    Tensor tensor = TINYC_TRY(elements(constant.type->dtype, constant.type->shape));
    const ValueId id = graph_.add_constant(constant.name, std::move(tensor), constant.type->quantization);
    annotate(id, constant);
    return {};
  }

  Status node() {
    std::vector<Declaration> results;
    do results.push_back(TINYC_TRY(declaration())); while (in_.accept(','));
    TINYC_TRY(in_.expect('='));
    const std::string op_name = TINYC_TRY(in_.word("an operator"));
    const OpDef* op = find_op(ops_, op_name);
    if (!op) return in_.error("the operator '" + op_name + "' is unknown");
    const std::vector<ValueId> operands = TINYC_TRY(operand_list());
    Attributes attributes;
    if (in_.accept('{')) attributes = TINYC_TRY(attribute_list());
    const std::string name = in_.accept('@') ? TINYC_TRY(in_.string()) : results.front().name;

    const auto inferred = infer(graph_, *op, name, operands, attributes);
    if (!inferred.ok()) return in_.error(inferred.error().to_string());
    if (inferred->size() != results.size())
      return in_.error(op_name + " has " + std::to_string(inferred->size()) + " results");
    std::vector<Type> types;
    std::vector<std::string> names;
    for (std::size_t i = 0; i < results.size(); ++i) {
      types.push_back(results[i].type.value_or((*inferred)[i]));
      names.push_back(results[i].name);
    }
    const NodeId id = graph_.add_node(*op, name, operands, std::move(attributes), std::move(types), names);
    for (std::size_t i = 0; i < results.size(); ++i) annotate(graph_.node(id).results()[i], results[i]);
    for (std::size_t i = 0; i < results.size(); ++i)
      if (graph_.value(graph_.node(id).results()[i]).name() != names[i]) return in_.error("a name twice among the results");
    return {};
  }

  // --- parts of statements

  Result<std::string> name() {
    if (in_.peek() != '%') return in_.error("expected a statement or a value such as %x");
    TINYC_TRY(in_.expect('%'));
    if (in_.peek() == '"') return in_.string();
    return in_.word("a name");
  }

  Result<ValueId> value() {
    const std::string wanted = TINYC_TRY(name());
    const auto id = graph_.find_value(wanted);
    if (!id) return in_.error("the value '" + wanted + "' is not defined above");
    return *id;
  }

  Result<Declaration> declaration() {
    Declaration result;
    result.name = TINYC_TRY(name());
    if (graph_.find_value(result.name)) return in_.error("the value '" + result.name + "' is defined twice");
    if (in_.accept(':')) result.type = TINYC_TRY(type());
    if (in_.accept_word("range")) {
      TINYC_TRY(in_.expect('('));
      Value::Range range;
      range.low = TINYC_TRY(in_.number<float>());
      TINYC_TRY(in_.expect(','));
      range.high = TINYC_TRY(in_.number<float>());
      TINYC_TRY(in_.expect(')'));
      result.range = range;
    }
    if (in_.accept_word("pinned")) result.pinned = TINYC_TRY(quantization());
    return result;
  }

  Result<Declaration> typed_declaration() {
    Declaration result = TINYC_TRY(declaration());
    if (!result.type) return in_.error("the value '" + result.name + "' needs a type");
    return result;
  }

  Result<Type> type() {
    Type result;
    const std::string dtype_name = TINYC_TRY(in_.word("an element type"));
    const auto dtype = parse_dtype(dtype_name);
    if (!dtype) return in_.error("the element type '" + dtype_name + "' is unknown");
    result.dtype = *dtype;
    result.shape = TINYC_TRY(shape());
    if (in_.accept_word("quant")) result.quantization = TINYC_TRY(quantization());
    return result;
  }

  Result<Shape> shape() {
    TINYC_TRY(in_.expect('['));
    Shape result(TINYC_TRY(numbers<std::int64_t>()));
    if (!result.valid()) return in_.error("the shape " + result.to_string() + " is beyond tinyc's limits");
    return result;
  }

  Result<Quantization> quantization() {
    TINYC_TRY(in_.expect('('));
    Quantization result;
    if (in_.accept_word("axis")) {
      TINYC_TRY(in_.expect('='));
      const auto axis = TINYC_TRY(in_.number<int>());
      if (axis < 0 || axis >= Shape::max_rank) return in_.error("an axis out of range");
      result.axis = axis;
      for (const char* field : {"scale", "zero_point"}) {
        TINYC_TRY(in_.expect(','));
        if (!in_.accept_word(field)) return in_.error(std::string("expected '") + field + "'");
        TINYC_TRY(in_.expect('='));
        TINYC_TRY(in_.expect('['));
        if (field[0] == 's') result.scale = TINYC_TRY(numbers<float>());
        else result.zero_point = TINYC_TRY(numbers<std::int32_t>());
      }
    } else {
      result.scale = {TINYC_TRY(in_.number<float>())};
      TINYC_TRY(in_.expect(':'));
      result.zero_point = {TINYC_TRY(in_.number<std::int32_t>())};
    }
    TINYC_TRY(in_.expect(')'));
    return result;
  }

  // The rest of a list, after its '['.
  template <class T>
  Result<std::vector<T>> numbers() {
    std::vector<T> items;
    if (in_.accept(']')) return items;
    do items.push_back(TINYC_TRY(in_.number<T>())); while (in_.accept(','));
    TINYC_TRY(in_.expect(']'));
    return items;
  }

  template <class T, class Through = T>
  Result<Tensor> listed(DType dtype, const Shape& shape) {
    TINYC_TRY(in_.expect('['));
    const auto items = TINYC_TRY(numbers<Through>());
    if (static_cast<std::int64_t>(items.size()) != shape.elements())
      return in_.error(std::to_string(items.size()) + " elements for the shape " + shape.to_string());
    Tensor tensor(dtype, shape);
    const auto out = tensor.mutable_data<T>();
    for (std::size_t i = 0; i < items.size(); ++i) {
      out[i] = static_cast<T>(items[i]);
      if (static_cast<Through>(out[i]) != items[i] && !std::is_floating_point_v<T>)
        return in_.error("an element that does not fit " + std::string(to_string(dtype)));
    }
    return tensor;
  }

  Result<Tensor> elements(DType dtype, const Shape& shape) {
    if (in_.accept_word("base64")) {
      auto bytes = from_base64(TINYC_TRY(in_.plain_string()));
      if (!bytes) return in_.error("a bad base64 text");
      if (bytes->size() != static_cast<std::size_t>(shape.elements()) * size_of(dtype))
        return in_.error(std::to_string(bytes->size()) + " bytes for " + std::string(to_string(dtype)) + shape.to_string());
      if (dtype == DType::boolean && std::ranges::any_of(*bytes, [](std::byte b) { return b > std::byte{1}; }))
        return in_.error("a truth value that is neither 0 nor 1");
      return Tensor(dtype, shape, std::move(*bytes));
    }
    switch (dtype) {
      case DType::boolean: return listed<bool, int>(dtype, shape);
      case DType::i8: return listed<std::int8_t, std::int64_t>(dtype, shape);
      case DType::u8: return listed<std::uint8_t, std::int64_t>(dtype, shape);
      case DType::i16: return listed<std::int16_t, std::int64_t>(dtype, shape);
      case DType::u16: return listed<std::uint16_t, std::int64_t>(dtype, shape);
      case DType::i32: return listed<std::int32_t, std::int64_t>(dtype, shape);
      case DType::u32: return listed<std::uint32_t, std::int64_t>(dtype, shape);
      case DType::i64: return listed<std::int64_t>(dtype, shape);
      case DType::u64: return listed<std::uint64_t>(dtype, shape);
      case DType::f32: return listed<float>(dtype, shape);
      case DType::f64: return listed<double>(dtype, shape);
      default: return in_.error("elements of " + std::string(to_string(dtype)) + " are written as base64");
    }
  }

  Result<std::vector<ValueId>> operand_list() {
    TINYC_TRY(in_.expect('('));
    std::vector<ValueId> operands;
    if (in_.accept(')')) return operands;
    do operands.push_back(in_.accept_word("none") ? ValueId{} : TINYC_TRY(value())); while (in_.accept(','));
    TINYC_TRY(in_.expect(')'));
    return operands;
  }

  Result<Attributes> attribute_list() {
    Attributes attributes;
    do {
      std::string key = TINYC_TRY(in_.word("an attribute"));
      if (attributes.has(key)) return in_.error("the attribute '" + key + "' is given twice");
      TINYC_TRY(in_.expect('='));
      attributes.set(std::move(key), TINYC_TRY(attribute()));
    } while (in_.accept(','));
    TINYC_TRY(in_.expect('}'));
    return attributes;
  }

  Result<Attribute> attribute() {
    if (in_.peek() == '"') return Attribute(TINYC_TRY(in_.string()));
    if (in_.accept('[')) return attribute_items();
    for (const char* kind : {"ints", "reals", "texts"})
      if (in_.accept_word(kind)) {
        TINYC_TRY(in_.expect('['));
        TINYC_TRY(in_.expect(']'));
        if (kind[0] == 'i') return Attribute(std::vector<std::int64_t>());
        if (kind[0] == 'r') return Attribute(std::vector<double>());
        return Attribute(std::vector<std::string>());
      }
    const std::string_view token = in_.number_text();
    if (const auto dtype = parse_dtype(token)) {
      const Shape shape = TINYC_TRY(this->shape());
      TINYC_TRY(in_.expect('='));
      return Attribute(TINYC_TRY(elements(*dtype, shape)));
    }
    return number(token);
  }

  static bool is_real(std::string_view token) { return token.find_first_of(".einf") != token.npos; }

  Result<Attribute> number(std::string_view token) {
    if (is_real(token)) return Attribute(TINYC_TRY(in_.number_of<double>(token)));
    return Attribute(TINYC_TRY(in_.number_of<std::int64_t>(token)));
  }

  // The rest of a list that is not empty, after its '['; the first item tells the kind of all.
  Result<Attribute> attribute_items() {
    if (in_.peek() == '"') {
      std::vector<std::string> texts;
      do texts.push_back(TINYC_TRY(in_.string())); while (in_.accept(','));
      TINYC_TRY(in_.expect(']'));
      return Attribute(std::move(texts));
    }
    std::vector<std::string_view> tokens;
    do tokens.push_back(in_.number_text()); while (in_.accept(','));
    TINYC_TRY(in_.expect(']'));
    if (is_real(tokens.front())) return number_list<double>(tokens);
    return number_list<std::int64_t>(tokens);
  }

  template <class T>
  Result<Attribute> number_list(const std::vector<std::string_view>& tokens) {
    std::vector<T> items;
    for (const std::string_view token : tokens) {
      if (is_real(token) != std::is_same_v<T, double>) return in_.error("integers and reals in one list");
      items.push_back(TINYC_TRY(in_.number_of<T>(token)));
    }
    return Attribute(std::move(items));
  }

  Scanner in_;
  OpTable ops_;
  Graph graph_;
};

}  // namespace

Result<Graph> parse_graph(std::string_view text, OpTable ops) {
  try {
    return Parser(text, ops).parse();
  } catch (const InternalError& defect) {
    // An operator met attributes it had no reason to expect; the text is at fault.
    return Error("TC4050", "", std::string("not a valid graph: ") + defect.what());
  }
}

}  // namespace tinyc
