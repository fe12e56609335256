import { readName } from "./name.ts";
import { list, number, object, text } from "./read.ts";

/** A person on a chat network. The name is what the person says of itself; the id is the network's. */
export interface Person {
  channel: string;
  accountId: string;
  senderId: string;
  name?: string;
}

export interface Asking extends Person {
  /** The code that the person was shown. */
  code: string;
  since: number;
  expiresAt: number;
}

export interface Admitted extends Person {
  owner: boolean;
  since: number;
}

export function readAsking(value: unknown): Asking | undefined {
  const row = object(value);
  const person = readPerson(row);
  const code = text(row.code);
  if (!person || !code) return undefined;
  return {
    ...person,
    code,
    since: number(row.createdAtMs) ?? 0,
    expiresAt: number(row.expiresAtMs) ?? 0,
  };
}

export function readAdmitted(value: unknown): Admitted | undefined {
  const row = object(value);
  const person = readPerson(row);
  return person && { ...person, owner: row.owner === true, since: number(row.sinceMs) ?? 0 };
}

function readPerson(row: Readonly<Record<string, unknown>>): Person | undefined {
  const channel = text(row.channel);
  const senderId = text(row.senderId);
  if (!channel || !senderId) return undefined;
  return { channel, accountId: text(row.accountId) ?? "default", senderId, name: readName(row.name) };
}

export function readAskingList(value: unknown): readonly Asking[] {
  return list(object(value).requests).map(readAsking).filter((one) => one !== undefined);
}

export function readAdmittedList(value: unknown): readonly Admitted[] {
  return list(object(value).senders).map(readAdmitted).filter((one) => one !== undefined);
}
