#pragma once

#include "adapters/net/outbound.hpp"
#include "protocol/ports.hpp"

#include <optional>
#include <string>

/// Language models behind an HTTP API, for `language_model` of
/// protocol/ports.hpp. Each session lives on the thread of the outbound that
/// `vendor.out` gives to the thread that calls the factory.

namespace velox::language {

struct model_options {
  std::string model; ///< as the vendor calls it; with Azure, the deployment
  /// Who answered, for the call log; empty: "openai:" and so on with `model`.
  std::string name{};
  std::optional<double> temperature{}; ///< 0 to 2; none: the vendor's default
  int max_tokens = 300;                ///< of one answer
  /// From the request to the first byte. A local model may have to be loaded.
  net::milliseconds header_timeout{10'000};
  net::milliseconds idle_timeout{10'000}; ///< from one piece to the next
  /// For one request in all, whatever trickles in meanwhile.
  net::milliseconds answer_timeout{60'000};
  /// Offers the agent's tools to the model. One that says it takes none is
  /// asked again without them.
  bool tools = true;
  /// Gives our notes ("the caller waits") as a user's bracketed message, for
  /// prompt templates that want one system message and turns only. Gemini and
  /// Anthropic always get them so.
  bool notes_as_user = false;

  // -- openai
  /// Asks for the usage; not every server takes `stream_options`.
  bool usage_in_stream = true;
  /// `max_tokens` in place of `max_completion_tokens`: vLLM, SGLang, Ollama.
  bool legacy_max_tokens = false;
  std::string reasoning_effort{}; ///< "minimal"; empty: not sent
  /// Set: Azure's URLs with this api-version, and its api-key header.
  std::string azure_api_version{};

  // -- gemini; when both are empty, as few thoughts as the model allows
  std::optional<int> thinking_budget{};
  std::string thinking_level{};

  // -- anthropic
  /// An answer that was cut is begun for the model, which goes on behind it;
  /// models that refuse this get a note.
  bool prefill = true;

  // -- ollama
  std::string keep_alive = "10m"; ///< how long the model stays loaded
  int context = 4096;             ///< tokens that the model sees
};

/// OpenAI's Chat Completions: OpenAI, Azure, Groq, vLLM, SGLang, Ollama's /v1.
/// The base URL may name a path ("https://api.groq.com/openai/v1"); without
/// one it is /v1.
language_model_factory openai_model(net::vendor vendor, model_options options);

/// Gemini's streamGenerateContent; /v1beta is added to the base URL unless a
/// version is there.
language_model_factory gemini_model(net::vendor vendor, model_options options);

/// Anthropic's Messages; /v1 is added to the base URL unless it is there.
language_model_factory
anthropic_model(net::vendor vendor, model_options options);

/// Ollama's own /api/chat: Phi-3 and other open models.
language_model_factory ollama_model(net::vendor vendor, model_options options);

} // namespace velox::language
