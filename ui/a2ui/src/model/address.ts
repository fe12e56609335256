import { LIMITS } from "../limits.ts";

/** What an address is for; it decides which `data:` kinds are let through. */
export type Purpose = "image" | "video" | "audio";

const INLINE: Record<Purpose, RegExp> = {
  image: /^data:image\/(?:png|jpeg|gif|webp|avif|svg\+xml)[;,]/i,
  video: /^data:video\/(?:mp4|webm|ogg)[;,]/i,
  audio: /^data:audio\/(?:mpeg|mp4|ogg|wav|webm|aac|flac)[;,]/i,
};

/** The address of a picture, film or sound if it may be loaded: https, or inline of that kind. */
export function mediaAddress(text: string, purpose: Purpose): string | undefined {
  if (text.length > LIMITS.addressChars) return undefined;
  return INLINE[purpose].test(text) ? text : linkAddress(text);
}

/** The address behind a link, if it may be opened: https only, whole, and without a name or password in it. */
export function linkAddress(text: string): string | undefined {
  if (!/^https:\/\//i.test(text) || text.length > LIMITS.addressChars) return undefined;
  try {
    const url = new URL(text);
    return url.username || url.password ? undefined : url.href;
  } catch {
    return undefined;
  }
}
