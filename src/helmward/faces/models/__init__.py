"""The model APIs at /v1, as the OpenAI and Anthropic SDKs speak them: raw ASGI."""
