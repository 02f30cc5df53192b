#pragma once

#include "protocol/form.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What we ask of Stripe's API, as it wants to be asked (Stripe API reference):
/// forms whose names nest in brackets, "line_items[0][price]".

namespace velox::stripe {

/// The version of the API that our requests name, whatever the account's is.
inline constexpr std::string_view api_version = "2026-07-29.dahlia";

/// "a[b][0]" of {"a", "b", "0"}.
std::string nested_name(const std::vector<std::string_view>& path);

/// The reverse; none when the brackets do not fit. "a[]" has an empty last
/// part: one more of a list.
std::optional<std::vector<std::string>> name_path(std::string_view name);

/// What a customer is about to pay.
struct checkout_order {
  std::string org_id;
  std::string customer; ///< cus_...
  /// Of a plan's price (price_...); empty: `minutes` are bought.
  std::string price;
  int64_t minutes = 0;
  int64_t minute_price = 0; ///< minor units of the currency
  std::string currency;     ///< ISO 4217, lower case
  std::string success_url;
  std::string cancel_url;
};

/// `POST /v1/checkout/sessions`.
form checkout_form(const checkout_order& x);

/// `POST /v1/billing_portal/sessions`.
form portal_form(std::string_view customer, std::string_view return_url);

/// `POST /v1/customers`.
form customer_form(std::string_view org_id, std::string_view name);

/// A refusal of Stripe's as words for the log: status, type, code and the
/// parameter's name, never the message, which may quote what was sent.
std::string describe_refusal(int status, std::string_view body);

} // namespace velox::stripe
