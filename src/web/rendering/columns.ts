import type { Direction } from '../../platform/db/search.ts';
import type { QueryValues } from '../list-address.ts';
import { attrs, joinHtml, markup, safe, type SafeHtml } from './html.ts';
import { icon } from './icon.ts';

/** A column's label; of a numeric one, whose cells stand at the right, marked as such. */
export type Label = string | { numeric: string };

export const numeric = (label: string): Label => ({ numeric: label });

/** A list that is sorted by pressing its head. */
export interface Sorting {
  query: { sort: string; dir: Direction };
  href: (changes: QueryValues) => string;
  /** The columns that it cannot be sorted by. */
  except?: string[];
}

/** The columns of a table, by name. */
export interface Columns<Name extends string = string> {
  count: number;
  /** The row of heads. */
  head: SafeHtml;
  /** The attributes of a cell: its class, and the label that stands beside it on a phone. */
  cell(name: Name, className?: string | false): SafeHtml;
}

/** Declares the columns of a table, so that head and cells cannot differ; those that are `hidden` have no head. */
export function columns<Name extends string>(
  labels: Record<Name, Label>,
  { sorting, hidden = [] }: { sorting?: Sorting; hidden?: string[] } = {},
): Columns<Name> {
  const entries = Object.entries<Label>(labels).filter(([name]) => !hidden.includes(name));
  const cells = new Map(entries.map(([name, label]) => [name, cellsOf(label)]));
  return {
    count: entries.length,
    head: markup`<tr>${joinHtml(entries.map(([name, label]) => headOf(name, label, sorting)))}</tr>`,
    cell(name, className) {
      const cell = cells.get(name);
      if (!cell) throw new Error(`No column ${name}`);
      return cell(className || '');
    },
  };
}

const textOf = (label: Label) => (typeof label === 'string' ? label : label.numeric);
const isNumeric = (label: Label) => typeof label !== 'string';

/** The attributes of a column's cells by their class, each made once. */
function cellsOf(label: Label): (className: string) => SafeHtml {
  const made = new Map<string, SafeHtml>();
  return (className) => {
    let cell = made.get(className);
    if (!cell) {
      const classes = [isNumeric(label) && 'numeric', className].filter(Boolean).join(' ');
      cell = attrs({ class: classes, 'data-label': textOf(label) });
      made.set(className, cell);
    }
    return cell;
  };
}

function headOf(name: string, label: Label, sorting?: Sorting): SafeHtml {
  const className = isNumeric(label) && 'numeric';
  if (!sorting || sorting.except?.includes(name))
    return markup`<th scope="col"${attrs({ class: className })}>${textOf(label)}</th>`;
  const { query, href } = sorting;
  const active = query.sort === name;
  const upwards = query.dir === 'asc';
  const ariaSort = active && (upwards ? 'ascending' : 'descending');
  const address = href({ sort: name, dir: active && upwards ? 'desc' : 'asc', page: undefined });
  const arrow = active ? icon(upwards ? 'arrow-up' : 'arrow-down') : safe('');
  return markup`<th scope="col"${attrs({ class: className, 'aria-sort': ariaSort })}><a href="${address}">${textOf(label)}${arrow}</a></th>`;
}
