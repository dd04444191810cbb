"""OpenAI's API ↔ Anthropic's API, both directions, requests and answers. No I/O.

`translate_request(request, api, …)` and `translate_response(response, api, …)` give a `Request` or `Response` of the other API,
to be encoded. A stream is translated by reading it with `wire.stream_reader` of one API and writing it with
`wire.stream_writer` of the other. `model_list` and `model_card` are the answers of `/v1/models`. Errors:
`wire.read_error` of the upstream's body, `wire.error_body` in the caller's shape.

What the other API cannot express raises `TranslationError`, which names the field; nothing is dropped silently but the
harmless fields that `translate.harmless` lists.
"""
