import { GatewayError } from "@tidegate/client";
import { strings } from "../strings.ts";
import { reasonOf } from "./channels.ts";

const words = strings.devices.refusals;
const MISSING_SCOPE = /missing scope: (\S+)/;

/**
 * Why something about a device was refused, with the next step: what this browser may not do can
 * always be done on the gateway's own machine, so that nobody is locked out.
 */
export function refusalOf(error: unknown, command?: string): string {
  const scope = MISSING_SCOPE.exec(reasonOf(error))?.[1];
  if (scope) return command ? words.scope(scope, command) : words.scopeOnly(scope);
  if (!(error instanceof GatewayError)) return reasonOf(error);
  if (error.shape.detailsCode === "STALE") return words.stale;
  return error.message === "unknown requestId" ? words.gone : error.message;
}

/** Runs a call, and tells a refusal as [`refusalOf`] does. */
export async function orRefusal<T>(call: Promise<T>, command?: string): Promise<T> {
  return call.catch((error: unknown) => {
    throw new Error(refusalOf(error, command), { cause: error });
  });
}
