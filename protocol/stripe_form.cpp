#include "protocol/stripe_form.hpp"

#include "protocol/json.hpp"

#include <rapidjson/document.h>

#include <algorithm>

namespace velox::stripe {

namespace {

/// Only what looks like one of Stripe's own words is repeated.
bool is_word(std::string_view x) {
  return !x.empty() && x.size() <= 64
         && std::all_of(x.begin(), x.end(), [](char c) {
              return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')
                     || c == '_' || c == '[' || c == ']' || c == '.';
            });
}

} // namespace

std::string nested_name(const std::vector<std::string_view>& path) {
  std::string out;
  for (auto& part : path) {
    if (out.empty())
      out = part;
    else
      out.append("[").append(part).append("]");
  }
  return out;
}

std::optional<std::vector<std::string>> name_path(std::string_view name) {
  auto open = std::min(name.find('['), name.size());
  std::vector<std::string> out{std::string{name.substr(0, open)}};
  if (out[0].empty() || out[0].find(']') != std::string::npos)
    return std::nullopt;
  name.remove_prefix(open);
  while (!name.empty()) {
    auto close = name.find(']');
    if (name[0] != '[' || close == name.npos)
      return std::nullopt;
    auto part = name.substr(1, close - 1);
    if (part.find('[') != part.npos)
      return std::nullopt;
    out.emplace_back(part);
    name.remove_prefix(close + 1);
  }
  return out;
}

form checkout_form(const checkout_order& x) {
  form out;
  auto put = [&](const std::vector<std::string_view>& path,
                 std::string_view value) { out.add(nested_name(path), value); };
  auto plan = !x.price.empty();
  put({"mode"}, plan ? "subscription" : "payment");
  if (plan) {
    put({"line_items", "0", "price"}, x.price);
    put({"line_items", "0", "quantity"}, "1");
  } else {
    put({"line_items", "0", "price_data", "currency"}, x.currency);
    put({"line_items", "0", "price_data", "unit_amount"},
        std::to_string(x.minute_price));
    put({"line_items", "0", "price_data", "product_data", "name"},
        "Talk time, minutes");
    put({"line_items", "0", "quantity"}, std::to_string(x.minutes));
  }
  put({"customer"}, x.customer);
  put({"client_reference_id"}, x.org_id);
  put({"success_url"}, x.success_url);
  put({"cancel_url"}, x.cancel_url);
  put({"metadata", "org_id"}, x.org_id);
  // A session's metadata is not copied to what it makes.
  if (plan) {
    put({"subscription_data", "metadata", "org_id"}, x.org_id);
  } else {
    put({"metadata", "minutes"}, std::to_string(x.minutes));
    put({"payment_intent_data", "metadata", "org_id"}, x.org_id);
  }
  return out;
}

form portal_form(std::string_view customer, std::string_view return_url) {
  form out;
  out.add("customer", customer);
  if (!return_url.empty())
    out.add("return_url", return_url);
  return out;
}

form customer_form(std::string_view org_id, std::string_view name) {
  form out;
  out.add("name", name);
  out.add(nested_name({"metadata", "org_id"}), org_id);
  return out;
}

std::string describe_refusal(int status, std::string_view body) {
  auto out = "Stripe answered " + std::to_string(status);
  rapidjson::Document document;
  if (read_json(body, document) != json_error::none)
    return out;
  const auto* error = json_member(document, "error");
  if (!error)
    return out;
  auto add = [&](std::string_view label, std::string_view name) {
    auto text = json_text(*error, name).value_or("");
    if (is_word(text))
      out.append(label).append(text);
  };
  add(", ", "type");
  add(", ", "code");
  add(", parameter ", "param");
  return out;
}

} // namespace velox::stripe
