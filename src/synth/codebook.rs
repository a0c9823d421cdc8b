//! Which values of the codebook are drawn, the common ones first?

/// Domains and their words in names.
pub(super) const DOMAIN_WORDS: [(&str, &str); 27] = [
    ("economy", "经济"),
    ("transport", "交通"),
    ("environment", "环保"),
    ("industry", "产业"),
    ("tourism", "旅游"),
    ("water", "水利"),
    ("trade", "商贸"),
    ("health", "卫生"),
    ("innovation", "科技"),
    ("public-services", "公共服务"),
    ("planning", "规划"),
    ("agriculture", "农业"),
    ("investment", "投资"),
    ("education", "教育"),
    ("labour", "劳务"),
    ("market", "市场"),
    ("energy", "能源"),
    ("security", "治安"),
    ("social-security", "社保"),
    ("finance", "财政"),
    ("development", "开发"),
    ("disaster-relief", "救灾"),
    ("legislation", "立法"),
    ("credit", "信用"),
    ("customs", "通关"),
    ("jurisdiction", "管辖"),
    ("general", "综合"),
];

/// The domains alone.
pub(super) const DOMAINS: [&str; DOMAIN_WORDS.len()] = {
    let mut domains = [""; DOMAIN_WORDS.len()];
    let mut at = 0;
    while at < domains.len() {
        domains[at] = DOMAIN_WORDS[at].0;
        at += 1;
    }
    domains
};

/// Mechanisms of bare dyads.
pub(super) const MECHANISMS: [&str; 6] = [
    "contract",
    "administrative-coordination",
    "counterpart-assistance",
    "joint-development-zone",
    "functional-integration",
    "plan",
];

pub(super) const PURPOSES: [&str; 2] = ["problem-oriented", "project-oriented"];
pub(super) const ORIGINS: [&str; 3] = ["spontaneous", "province-led", "centrally-induced"];
