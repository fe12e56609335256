import { useEffect, useState } from "preact/hooks";
import { announce } from "../state/announce.ts";
import { CheckIcon, CopyIcon } from "./icons.tsx";

const SHOWN_MS = 2_000;

interface CopyButtonProps {
  text: string;
  label: string;
  done: string;
}

/** Copies a text, and says for a moment that it did. */
export function CopyButton({ text, label, done }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(done);
  };
  return (
    <button type="button" class="quiet outline" onClick={() => void copy()}>
      {copied ? <CheckIcon /> : <CopyIcon />}
      {copied ? done : label}
    </button>
  );
}
