"""Providers of language models."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.confirm import varied

KINDS = (
    Kind("anthropic-key", r"sk-ant-[A-Za-z0-9_-]{20,}", varied),
    Kind("openai-key", r"sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,}", varied),
    Kind("openai-key", r"\bsk-[A-Za-z0-9]{32,}", varied),
    Kind("openrouter-key", r"sk-or-v1-[a-f0-9]{64}", varied),
    Kind("huggingface-token", r"(?:hf|api_org)_[A-Za-z0-9]{30,}", varied),
    Kind("groq-key", r"gsk_[A-Za-z0-9]{48,}", varied),
    Kind("replicate-token", r"\br8_[A-Za-z0-9]{37}", varied),
    Kind("perplexity-key", r"pplx-[A-Za-z0-9]{40,}", varied),
    Kind("xai-key", r"\bxai-[A-Za-z0-9]{70,}", varied),
    Kind("nvidia-key", r"nvapi-[A-Za-z0-9_-]{60,}", varied),
    Kind("langsmith-key", r"lsv2_(?:pt|sk)_[a-f0-9]{32}_[a-f0-9]{10}", varied),
)
