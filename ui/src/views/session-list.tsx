import { daysAgo, shortTime } from "../format.ts";
import { plainWords } from "../plain-words.ts";
import { titleOf } from "../session-title.ts";
import { drawerOpen } from "../state/page.ts";
import { show, view } from "../state/route.ts";
import { openKey, running, select } from "../state/sessions.ts";
import { strings } from "../strings.ts";
import type { Session } from "../wire/session.ts";
import { OriginLine } from "./origin-line.tsx";

const words = strings.sessions;

interface Group {
  name: string;
  rows: Session[];
}

function groupName(at: number, now: number): string {
  const days = daysAgo(at, now);
  if (days <= 0) return words.today;
  if (days === 1) return words.yesterday;
  return days < 7 ? words.week : words.earlier;
}

/** Newest first, under the headings of their days. */
function grouped(rows: readonly Session[], now: number): Group[] {
  const groups: Group[] = [];
  for (const row of [...rows].sort((a, b) => b.updatedAt - a.updatedAt)) {
    const name = groupName(row.updatedAt, now);
    const last = groups.at(-1);
    if (last?.name === name) last.rows.push(row);
    else groups.push({ name, rows: [row] });
  }
  return groups;
}

export function SessionList({ rows }: { rows: readonly Session[] }) {
  const now = Date.now();
  return (
    <>
      {grouped(rows, now).map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h2 class="group">{group.name}</h2>
          <ul>
            {group.rows.map((row) => <Row key={row.key} row={row} now={now} />)}
          </ul>
        </section>
      ))}
    </>
  );
}

function Row({ row, now }: { row: Session; now: number }) {
  const active = running.value.has(row.key);
  const title = titleOf(row, row.key);
  const preview = plainWords(row.preview ?? "");
  const current = view.value === "chat" && openKey.value === row.key;
  const open = (): void => {
    select(row.key);
    show("chat");
    drawerOpen.value = false;
  };
  return (
    <li>
      <button type="button" class="row" aria-current={current ? "page" : undefined} onClick={open}>
        <span class="row-title">{title}</span>
        <span class="row-time">
          {active ? <span class="pulse" role="img" aria-label={words.working} /> : shortTime(row.updatedAt, now)}
        </span>
        {preview !== "" && preview !== title && <span class="row-preview">{preview}</span>}
        {row.origin && <OriginLine origin={row.origin} />}
      </button>
    </li>
  );
}
