import { type Signal, signal } from "@preact/signals";
import { weight } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { apply, type Surfaces, withData } from "./model/apply.ts";
import type { Target } from "./model/parts.ts";
import { write } from "./model/pointer.ts";
import type { Surface } from "./model/surface.ts";
import { Refusal } from "./refusal.ts";
import { type Raw, readMessage, split } from "./wire/read.ts";

/** Why one message of a batch was not applied. */
export interface Fault {
  /** Its place in the batch, from 0. */
  index: number;
  code: string;
  message: string;
  surfaceId?: string;
}

/** What became of a batch. Each message is applied whole or not at all; a bad one does not stop the others. */
export interface Outcome {
  ok: boolean;
  /** The ids of all surfaces afterwards. */
  surfaces: string[];
  /** All faults in one line; absent if there are none. */
  error?: string;
  errors?: Fault[];
}

/** The surfaces that are shown. Nothing here outlives the page: its host replays after a reload. */
export class Stage {
  readonly surfaces: Signal<Surfaces> = signal(new Map());

  /** Applies a batch: JSONL, a list of messages, or one. */
  apply(input: unknown): Outcome {
    const faults: Fault[] = [];
    let surfaces = this.surfaces.value;
    for (const [index, raw] of this.#split(input, faults).entries()) {
      try {
        surfaces = apply(surfaces, readMessage(valueOf(raw)));
      } catch (error) {
        faults.push(faultOf(error, index));
      }
    }
    this.surfaces.value = surfaces;
    return this.#outcome(faults);
  }

  /** Takes everything away. */
  reset(): Outcome {
    this.surfaces.value = new Map();
    return this.#outcome([]);
  }

  /** Keeps what a user entered. What would not fit is not kept. */
  enter(surfaceId: string, target: Target, value: unknown): void {
    const surface = this.surfaces.value.get(surfaceId);
    if (!surface || weight(value, LIMITS.textChars) > LIMITS.textChars) return;
    try {
      this.surfaces.value = new Map(this.surfaces.value).set(surfaceId, entered(surface, target, value));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  #split(input: unknown, faults: Fault[]): Raw[] {
    try {
      return split(input);
    } catch (error) {
      faults.push(faultOf(error, 0));
      return [];
    }
  }

  #outcome(errors: Fault[]): Outcome {
    const surfaces = [...this.surfaces.value.keys()];
    if (errors.length === 0) return { ok: true, surfaces };
    const error = errors.map(({ index, message }) => `message ${index + 1}: ${message}`).join("; ");
    return { ok: false, surfaces, error, errors };
  }
}

function entered(surface: Surface, target: Target, value: unknown): Surface {
  if ("path" in target) return withData(surface, write(surface.data, target.path, value));
  return { ...surface, inputs: new Map(surface.inputs).set(target.input, value) };
}

function valueOf(raw: Raw): unknown {
  if ("fault" in raw) throw raw.fault;
  return raw.value;
}

function faultOf(error: unknown, index: number): Fault {
  if (!(error instanceof Refusal)) return { index, code: "INVALID_MESSAGE", message: String(error) };
  const { code, message, surfaceId } = error;
  return surfaceId === undefined ? { index, code, message } : { index, code, message, surfaceId };
}
