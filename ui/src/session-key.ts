/** What the greeting says about names: the default agent, and the key of its main session. */
export interface SessionNames {
  defaultAgentId: string;
  mainSessionKey: string;
}

/**
 * The full key of a session. Events carry the key as their caller named it, so `main` typed into a
 * terminal and `agent:main:main` opened here are one conversation.
 */
export function fullKey(raw: string, names: SessionNames | undefined): string {
  const key = raw.trim().toLowerCase();
  if (!names || key === "global" || key === "unknown") return key;
  const mainKey = names.mainSessionKey.split(":").slice(2).join(":");
  if (key === "main" || key === mainKey) return names.mainSessionKey;
  if (!key.startsWith("agent:")) return `agent:${names.defaultAgentId}:${key}`;
  const [, agent, ...name] = key.split(":");
  const rest = name.join(":");
  return `agent:${agent}:${rest === "" || rest === "main" ? mainKey : rest}`;
}
