"""Code hosts, package registries and build systems."""

from helmward.guard.matching.kinds import Kind
from helmward.guard.secrets.confirm import base62_crc32, basic_credentials, varied

KINDS = (
    Kind("github-token", r"gh[pousr]_[A-Za-z0-9]{36,255}", base62_crc32),
    Kind("github-fine-grained-token", r"github_pat_[A-Za-z0-9_]{36,255}", varied),
    Kind("gitlab-token", r"gl(?:pat|ptt|dt|rt|rtr|cbt|soat|ft|ffct|imt|oas|agent|wt)-[0-9A-Za-z_.-]{20,}", varied),
    Kind("gitlab-runner-token", r"GR1348941[0-9A-Za-z_-]{20,}", varied),
    Kind("bitbucket-token", r"ATBB[A-Za-z0-9]{24,}", varied),
    Kind("atlassian-token", r"ATATT3[A-Za-z0-9_=-]{50,}", varied),
    Kind("npm-token", r"npm_[A-Za-z0-9]{36}", base62_crc32),
    Kind("pypi-token", r"pypi-[A-Za-z0-9_-]{50,}", varied),
    Kind("rubygems-token", r"rubygems_[a-f0-9]{48}", varied),
    Kind("crates-io-token", r"\bcio[A-Za-z0-9]{32}\b", varied),
    Kind("nuget-key", r"\boy2[a-z0-9]{43}\b", varied),
    Kind("docker-token", r"dckr_[op]at_[A-Za-z0-9_-]{20,}", varied),
    Kind("docker-config-auth", r"\"auth\\*\"\s*:\s*\\*\"([A-Za-z0-9+/]{6,}={0,2})\\*\"", basic_credentials),
    Kind("artifactory-token", r"\b(?:AKCp[A-Za-z0-9]{60,}|cmVmdGtu[A-Za-z0-9]{50,})", varied),
    Kind("sonar-token", r"\bsq[apu]_[a-f0-9]{40}", varied),
    Kind("circleci-token", r"CCIPAT_[A-Za-z0-9_]{40,}", varied),
    Kind("buildkite-token", r"bk(?:ua|at|ct)_[A-Za-z0-9]{40,}", varied),
)
