import type { Direction } from '../../platform/db/search.ts';
import type { QueryValues } from '../list-address.ts';
import { attrs, joinHtml, markup, safe, type SafeHtml } from './html.ts';
import { icon } from './icon.ts';

/** A column's label; one whose cells stand at the right, or that is read but not seen, is marked as such. */
export type Label = string | { numeric: string } | { unseen: string };

export const numeric = (label: string): Label => ({ numeric: label });
/** Of a column that its cells explain: the boxes of a choice, the buttons of a row. */
export const unseen = (label: string): Label => ({ unseen: label });

/** A list that is sorted by clicking a column's header. */
export interface Sorting<Name extends string> {
  query: { sort: string; dir: Direction };
  href: (changes: QueryValues) => string;
  /** The columns that it cannot be sorted by. */
  except?: Name[];
}

/** What the table itself needs; the templates of rows need the names too. */
export interface AnyColumns {
  count: number;
  /** The row of headers. */
  head: SafeHtml;
}

/** The columns of a table, by name. The template of a row declares the same names, no fewer and no more. */
export interface Columns<Name extends string> extends AnyColumns {
  /** Whether a column is shown. */
  has: (name: Name) => boolean;
  /** The attributes of a cell: its class, and the label that stands beside it on a phone. */
  cell: (name: Name, className?: string | false) => SafeHtml;
  /** Those shown, in their order. */
  names: Name[];
}

/** Declares the columns of a table; those that are `hidden` have no header, and no cell. */
export function columns<Name extends string>(
  labels: Record<Name, Label>,
  {
    sorting,
    hidden = [],
    placed = false,
  }: {
    sorting?: Sorting<NoInfer<Name>>;
    hidden?: NoInfer<Name>[];
    /** Cells are placed by the class of their column where there is no room for a table, and have no labels. */
    placed?: boolean;
  } = {},
): Columns<Name> {
  const all = Object.entries(labels) as [Name, Label][];
  const entries = all.filter(([name]) => !hidden.includes(name));
  const cells = new Map(entries.map(([name, label]) => [name, placed ? placedCells(name, label) : cellsOf(label)]));
  return {
    count: entries.length,
    names: entries.map(([name]) => name),
    has: (name) => cells.has(name),
    head: markup`<tr>${joinHtml(entries.map(([name, label]) => headOf(name, label, sorting, placed)))}</tr>`,
    cell(name, className) {
      const cell = cells.get(name);
      if (!cell) throw new Error(`No column ${name}`);
      return cell(className || '');
    },
  };
}

const textOf = (label: Label) =>
  typeof label === 'string' ? label : 'numeric' in label ? label.numeric : label.unseen;
const isNumeric = (label: Label) => typeof label !== 'string' && 'numeric' in label;
const isUnseen = (label: Label) => typeof label !== 'string' && 'unseen' in label;

const classes = (...names: (string | false)[]) => names.filter(Boolean).join(' ');

/** The attributes of a column's cells by their class, each made once. */
function cellsOf(label: Label): (className: string) => SafeHtml {
  return onceEach((className) =>
    attrs({ class: classes(isNumeric(label) && 'numeric', className), 'data-label': textOf(label) }),
  );
}

const placedCells = (name: string, label: Label) =>
  onceEach((className) => attrs({ class: classes(`c-${name}`, isNumeric(label) && 'numeric', className) }));

function onceEach(make: (className: string) => SafeHtml): (className: string) => SafeHtml {
  const made = new Map<string, SafeHtml>();
  return (className) => {
    let cell = made.get(className);
    if (!cell) {
      cell = make(className);
      made.set(className, cell);
    }
    return cell;
  };
}

function headOf<Name extends string>(name: Name, label: Label, sorting?: Sorting<Name>, placed = false): SafeHtml {
  const className = classes(placed && `c-${name}`, isNumeric(label) && 'numeric');
  if (isUnseen(label))
    return markup`<th scope="col"${attrs({ class: className })}><span class="visually-hidden">${textOf(label)}</span></th>`;
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
