/**
 * How the keys of one provider are written: known by a text that each one holds. Add an entry to
 * make a format known; the tests hold every entry to a key that is made by it.
 */
export interface SecretFormat {
  /** what findings of it are called */
  readonly type: string;
  /** what every key of it holds, letter for letter, and is looked for */
  readonly mark: string;
  /** what follows the mark, as a pattern without alternatives that begin alike */
  readonly body: string;
  /** how many characters of which kind (a class of a pattern) stand before the mark */
  readonly head?: readonly [kind: string, least: number, most: number];
  /** what is found is the body alone: the mark is a name, and may stay */
  readonly named?: true;
  /** no letter or digit may stand before it: the mark alone is too common */
  readonly apart?: true;
  /** the checksum that the body ends in */
  readonly check?: "crc32_base62";
}

const base62 = "[0-9A-Za-z]";
const url64 = "[0-9A-Za-z_-]";
const hex = "[0-9a-f]";
const end = "(?![0-9A-Za-z])";
const end64 = "(?![0-9A-Za-z_-])";

function format(
  type: string,
  mark: string,
  body: string,
  rest: Partial<SecretFormat> = {},
): SecretFormat {
  return { type, mark, body, ...rest };
}

/** Keys that are checked: six characters at their end are the CRC-32 of the others. */
function checked(type: string, ...marks: readonly string[]): readonly SecretFormat[] {
  return marks.map((mark) => format(type, mark, `${base62}{36}${end}`, { check: "crc32_base62" }));
}

function each(
  type: string,
  marks: readonly string[],
  body: string,
  rest: Partial<SecretFormat> = {},
) {
  return marks.map((mark) => format(type, mark, body, rest));
}

const apart = { apart: true } as const;
const named = { named: true } as const;

/** The formats that are known. */
export const secretFormats: readonly SecretFormat[] = [
  // Clouds
  ...each("aws_access_key", ["AKIA", "ASIA", "ABIA", "ACCA"], `[A-Z2-7]{16}${end}`, apart),
  format("aws_bedrock_key", "ABSK", `[0-9A-Za-z+/]{109,269}={0,2}${end}`, apart),
  format("google_api_key", "AIza", `${url64}{35}${end64}`, apart),
  format("google_oauth_secret", "GOCSPX-", `${url64}{28}${end64}`),
  format("google_oauth_token", "ya29.", `${url64}{30,500}`, apart),
  ...each("azure_key", ["AccountKey=", "SharedAccessKey="], `[0-9A-Za-z+/]{43,88}={1,2}`, named),
  format("azure_sas", "sig=", `[0-9A-Za-z+/%]{40,80}(?:=|%3[Dd])`, named),
  format("azure_client_secret", "Q~", `[0-9A-Za-z_.~-]{31,34}`, {
    head: ["[0-9A-Za-z_.~-]", 4, 4],
  }),
  format("azure_devops_token", "AZDO", `[0-9A-Za-z]{4}${end}`, { head: ["[0-9A-Za-z]", 76, 76] }),
  format("alibaba_access_key", "LTAI", `${base62}{12,26}${end}`, apart),
  format("tencent_secret_id", "AKID", `${base62}{32}${end}`, apart),
  ...each("digitalocean_token", ["dop_v1_", "doo_v1_", "dor_v1_"], `${hex}{64}${end}`),
  format("heroku_key", "HRKU-AA", `${url64}{58}${end64}`),
  format("cloudflare_ca_key", "v1.0-", `${hex}{24}-${hex}{146}${end}`, apart),
  ...each("flyio_token", ["fo1_", "fm2_"], `[0-9A-Za-z_+/=-]{43,500}`, apart),
  format("tailscale_key", "tskey-", `[a-z]{3,10}-${base62}{8,40}-${base62}{20,64}${end}`),
  format("planetscale_token", "pscale_", `(?:tkn|oauth|pw)_${url64}{32,64}`),
  format("supabase_token", "sbp_", `${hex}{40}${end}`),
  format("supabase_key", "sb_secret_", `${url64}{31,64}`),
  format("pulumi_token", "pul-", `${hex}{40}${end}`, apart),
  format("vault_token", "hvs.", `${url64}{24,200}`, apart),
  format("vault_token", "hvb.", `${url64}{90,300}`, apart),
  format("terraform_token", ".atlasv1.", `[0-9A-Za-z_=-]{60,80}`, {
    head: ["[0-9A-Za-z]", 14, 14],
  }),
  ...each(
    "doppler_token",
    ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."],
    `(?:[a-z0-9_-]{2,35}\\.)?${base62}{40,44}${end}`,
  ),
  // Code and packages
  ...checked("github_token", "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
  ...each("github_token", ["ghs_", "ghu_"], `[0-9A-Za-z_.-]{50,600}`),
  format("github_token", "github_pat_", `${base62}{22}_${base62}{59}${end}`),
  ...each(
    "gitlab_token",
    [
      "glpat-",
      "gldt-",
      "glrt-",
      "glcbt-",
      "glptt-",
      "glft-",
      "glsoat-",
      "glimt-",
      "glagent-",
      "gloas-",
    ],
    `[0-9A-Za-z_.-]{20,300}`,
  ),
  ...each("bitbucket_token", ["ATBB", "ATCTT3xFfG"], `[0-9A-Za-z_=-]{24,220}`, apart),
  format("atlassian_token", "ATATT3xFfG", `[0-9A-Za-z_=-]{100,260}`, apart),
  ...checked("npm_token", "npm_"),
  format("pypi_token", "pypi-AgE", `${url64}{50,600}`),
  format("rubygems_key", "rubygems_", `${hex}{48}${end}`),
  format("nuget_key", "oy2", `[a-z0-9]{43}${end}`, apart),
  format("crates_token", "cio", `${base62}{32}${end}`, apart),
  format("docker_token", "dckr_pat_", `${url64}{27}${end64}`),
  format("docker_token", "dckr_oat_", `${url64}{27,32}${end64}`),
  format("artifactory_token", "AKCp", `${base62}{60,80}${end}`, apart),
  format("sourcegraph_token", "sgp_", `(?:[0-9a-z]{5,16}_)?${hex}{40}${end}`),
  format("sonar_token", "squ_", `${hex}{40}${end}`),
  format("circleci_token", "CCIPAT_", `${base62}{22}_${hex}{40}${end}`),
  format("buildkite_token", "bkua_", `${hex}{40}${end}`),
  format("prefect_key", "pnu_", `${base62}{36}${end}`),
  format("postman_key", "PMAK-", `${hex}{24}-${hex}{34}${end}`),
  // Models
  format("anthropic_key", "sk-ant-", `[a-z]{3,8}[0-9]{2}-${url64}{80,120}`),
  ...each("openai_key", ["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"], `${url64}{40,220}`),
  format("openai_key", "T3BlbkFJ", `${base62}{20}${end}`, { head: ["[0-9A-Za-z-]", 23, 23] }),
  format("openrouter_key", "sk-or-v1-", `${hex}{64}${end}`),
  format("huggingface_token", "hf_", `[A-Za-z]{34}${end}`, apart),
  format("groq_key", "gsk_", `${base62}{52}${end}`, apart),
  format("xai_key", "xai-", `${base62}{80}${end}`, apart),
  format("replicate_token", "r8_", `${base62}{37}${end}`, apart),
  format("perplexity_key", "pplx-", `${base62}{48}${end}`, apart),
  format("pinecone_key", "pcsk_", `${url64}{60,80}`),
  format("langsmith_key", "lsv2_", `(?:pt|sk)_${hex}{32}_${hex}{10}${end}`),
  format("databricks_token", "dapi", `${hex}{32}(?:-[0-9])?${end}`, apart),
  // Messages and payment
  ...each(
    "slack_token",
    ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxc-", "xoxd-"],
    `[0-9A-Za-z%-]{20,300}`,
  ),
  format("slack_token", "xoxe.xox", `[bp]-[0-9A-Za-z-]{20,300}`),
  format("slack_token", "xapp-", `[0-9]-[0-9A-Z]{8,14}-[0-9]{8,16}-${hex}{40,80}${end}`),
  format(
    "slack_webhook",
    "https://hooks.slack.com/",
    `(?:services|workflows|triggers)/[0-9A-Za-z_/]{20,120}`,
  ),
  format("discord_webhook", "https://discord.com/api/webhooks/", `[0-9]{17,20}/${url64}{60,80}`),
  format("teams_webhook", ".webhook.office.com/", `webhookb2/[0-9A-Za-z@/-]{60,220}`),
  format("telegram_token", ":AA", `${url64}{32,33}${end64}`, { head: ["[0-9]", 8, 10] }),
  ...each(
    "stripe_key",
    ["sk_live_", "rk_live_", "sk_test_", "rk_test_"],
    `${base62}{16,247}${end}`,
  ),
  format("stripe_webhook_secret", "whsec_", `[0-9A-Za-z+/]{24,64}={0,2}`),
  ...each("square_token", ["sq0atp-", "sq0csp-"], `${url64}{22,43}${end64}`),
  ...each("razorpay_key", ["rzp_live_", "rzp_test_"], `${base62}{14}${end}`),
  ...each("shippo_token", ["shippo_live_", "shippo_test_"], `${hex}{40}${end}`),
  ...each(
    "plaid_token",
    ["access-production-", "access-sandbox-"],
    `${hex}{8}-(?:${hex}{4}-){3}${hex}{12}`,
  ),
  ...each("shopify_token", ["shpat_", "shpca_", "shppa_", "shpss_"], `[0-9a-fA-F]{32}${end}`),
  format("sendgrid_key", "SG.", `${url64}{22}\\.${url64}{43}${end64}`, apart),
  format("twilio_key", "SK", `${hex}{32}${end}`, apart),
  format("mailgun_key", "key-", `${hex}{32}${end}`, apart),
  format("mailchimp_key", "-us", `[0-9]{1,2}${end}`, { head: [hex, 32, 32] }),
  format("brevo_key", "xkeysib-", `${hex}{64}-${base62}{16}${end}`),
  format("facebook_token", "EAACEdEose0cBA", `${base62}{20,300}`),
  // Work and watching
  format("linear_key", "lin_api_", `${base62}{40}${end}`),
  format("notion_token", "ntn_", `${base62}{40,50}${end}`, apart),
  format("airtable_token", ".", `${hex}{64}${end}`, { head: ["[0-9A-Za-z]", 17, 17] }),
  format("figma_token", "figd_", `${url64}{40,46}`),
  format("grafana_token", "glsa_", `${base62}{32}_${hex}{8}${end}`),
  format("grafana_token", "glc_", `[0-9A-Za-z+/]{32,400}={0,2}`, apart),
  format("newrelic_key", "NRAK-", `[A-Z0-9]{27}${end}`),
  ...each("sentry_token", ["sntrys_", "sntryu_"], `[0-9A-Za-z_+/=-]{60,300}`),
  format("dynatrace_token", "dt0c01.", `[A-Z2-7]{24}\\.[A-Z2-7]{64}${end}`),
  format("contentful_token", "CFPAT-", `${url64}{43}${end64}`),
  format("typeform_token", "tfp_", `[0-9A-Za-z_.=-]{40,60}`, apart),
  format("readme_key", "rdme_", `[a-z0-9]{70}${end}`),
  format("onepassword_token", "ops_eyJ", `[0-9A-Za-z+/]{200,900}={0,2}`),
  format("age_key", "AGE-SECRET-KEY-1", `[02-9AC-HJ-NP-Z]{58}${end}`),
];
