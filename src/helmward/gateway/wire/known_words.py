"""Names and values that the two APIs and JSON Schema prescribe: they are no text of anybody."""

from __future__ import annotations

_NAMES = """
type properties required items description enum additionalProperties anyOf oneOf allOf $defs $ref format title schema
strict minimum maximum default json_schema function parameters input_schema name input metadata cache_control ttl logprobs
index detail thinking budget_tokens display service_tier tool_choice parallel_tool_calls output_config
disable_parallel_tool_use effort reasoning_effort verbosity stop stop_sequences store user response_format top_logprobs
media_type modalities seed stream_options include_usage is_error include_obfuscation citations enabled user_id source url
image_url eager_input_streaming
"""
_WORDS = """
object string integer number boolean array null function custom text json_schema json_object auto none required any tool
ephemeral 5m 1h enabled disabled adaptive minimal low medium high xhigh max default standard_only flex priority url base64
image/png image/jpeg image/gif image/webp text/plain application/pdf content file ping message citations_delta
input_json_delta web_search_tool_result server_tool_use thinking redacted_thinking thinking_delta signature_delta
"""

PLAIN_NAMES = frozenset(_NAMES.split())
"""Names of members that say nothing by themselves; any other name is text, too. JSON Schema 2020-12; openai
`types/chat/completion_create_params.py`; anthropic `types/message_create_params.py`."""
PLAIN_WORDS = frozenset(_WORDS.split())
"""Values of those members that are words of the APIs; any other value is text."""
OPAQUE = frozenset(("encrypted_content", "encrypted_index", "encrypted_stdout", "signature"))
"""Members whose value only the provider can read (Anthropic's server tools and thinking)."""
SMALL = 10_000_000
"""A number below it is no card, phone or identity number."""
