/** The last line of defence: no text that leaves the program carries a password or a key. */

/** What a secret may stand behind, and what of it stays. */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  // scheme://user:password@host
  [/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/]*@/gi, "$1:***@"],
  // password=…, also as a query parameter, and the names under which AWS keys travel
  [
    /\b(password|passwd|pgpassword|secret|aws_secret_access_key|aws_session_token|secretaccesskey|sessiontoken|x-amz-signature|x-amz-credential|x-amz-security-token)(["']?\s*[=:]\s*)("[^"]*"|'[^']*'|[^\s&,;"']+)/gi,
    "$1$2***",
  ],
  // What addresses carry in their query: token=…, api_key=…, sig=…
  [/([?&](?:access_?token|token|api_?key|key|auth|sig|signature)=)[^\s&"']*[^\s&"':]/gi, "$1***"],
  // Access key ids: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  [/\b(AKIA|ASIA)[A-Z0-9]{16}\b/g, "$1***"],
];

/** The text with everything that looks like a secret replaced by `***`. */
export function redact(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
  return clean;
}
