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
    Kind("together-key", r"\btgp_v1_[A-Za-z0-9_-]{30,}", varied),
    Kind("fireworks-key", r"\bfw_[A-Za-z0-9]{22,}\b", varied),
    Kind("cerebras-key", r"\bcsk-[a-z0-9]{40,}", varied),
    Kind("pinecone-key", r"\bpcsk_[A-Za-z0-9_]{40,}", varied),
    Kind("tavily-key", r"\btvly-(?:dev-|prod-)?[A-Za-z0-9]{20,}", varied),
    Kind("jina-key", r"\bjina_[A-Za-z0-9_-]{50,}", varied),
    Kind("elevenlabs-key", r"\bsk_[a-f0-9]{48}\b", varied),
    Kind("langfuse-key", r"\bsk-lf-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", varied),
    Kind("wandb-key", r"(?i:\bwandb[\w.\-]{0,16}key)[\"']?[ ]?[:=][ ]?[\"']?([a-f0-9]{40})\b", varied),
)
