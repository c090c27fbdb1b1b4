import type { Kind } from './kind.ts';

interface Role<Generated extends boolean> {
  /** Whether it is part of the key by which rows are found again. */
  readonly isKey: boolean;
  readonly isNullable: boolean;
  /** Whether a default of the table or somebody else writes it: an insert doesn't, and a reader finds it. */
  readonly isGenerated: Generated;
  /** The update that writes it; `null` where it is written once, with its row. */
  readonly update: string | null;
}

/** A column of a table, and what it keeps. */
export class Column<Name extends string, Value, Stored, Generated extends boolean = false> {
  readonly name: Name;
  readonly kind: Kind<Value, Stored>;
  readonly role: Role<Generated>;

  constructor(name: Name, kind: Kind<Value, Stored>, role: Role<Generated>) {
    this.name = name;
    this.kind = kind;
    this.role = role;
  }

  key(): Column<Name, Value, Stored, Generated> {
    return new Column(this.name, this.kind, { ...this.role, isKey: true });
  }

  nullable(): Column<Name, Value | null, Stored | null, Generated> {
    return new Column<Name, Value | null, Stored | null, Generated>(this.name, this.kind, {
      ...this.role,
      isNullable: true,
    });
  }

  generated(): Column<Name, Value, Stored, true> {
    return new Column(this.name, this.kind, { ...this.role, isGenerated: true });
  }

  /** Decisions change it: the update of this name writes it, together with the table's other columns of that name. */
  updated(update = 'state'): Column<Name, Value, Stored, Generated> {
    return new Column(this.name, this.kind, { ...this.role, update });
  }
}

export type AnyColumn = Column<string, unknown, unknown, boolean>;

export function column<Name extends string, Value, Stored>(
  name: Name,
  kind: Kind<Value, Stored>,
): Column<Name, Value, Stored> {
  return new Column(name, kind, { isKey: false, isNullable: false, isGenerated: false, update: null });
}
