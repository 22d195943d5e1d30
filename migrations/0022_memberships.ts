import type { Knex } from 'knex';

/**
 * Who may do what: users are members of customers, each with a role, or staff with a role that is a set of rights.
 * Nobody is both.
 */
export async function up(db: Knex) {
  await db.raw(`
    create table staff_roles (
      code text primary key check (code ~ '^[a-z][a-z0-9-]{0,39}$'),
      rights text[] not null check (rights <@ array[
        'customers:view', 'customers:edit', 'customers:security', 'customers:block', 'orders:view', 'orders:act',
        'money:view', 'money:act', 'billing:view', 'billing:run', 'rates:view', 'rates:edit', 'audit:view',
        'staff:view', 'staff:edit'
      ]),
      position smallint not null default 100
    );
    insert into staff_roles (code, rights, position)
    values
      ('support', array['customers:view', 'orders:view', 'money:view', 'billing:view', 'rates:view', 'audit:view'], 1),
      (
        'billing',
        array[
          'customers:view', 'orders:view', 'money:view', 'money:act', 'billing:view', 'billing:run', 'rates:view',
          'audit:view'
        ],
        2
      ),
      (
        'admin',
        array[
          'customers:view', 'customers:edit', 'customers:security', 'customers:block', 'orders:view', 'orders:act',
          'money:view', 'money:act', 'billing:view', 'billing:run', 'rates:view', 'rates:edit', 'audit:view',
          'staff:view', 'staff:edit'
        ],
        3
      );

    alter table users
      drop constraint users_staff_role_check,
      add foreign key (staff_role) references staff_roles (code),
      add column kind text not null
        generated always as (case when staff_role is null then 'member' else 'staff' end) stored,
      add unique (id, kind),
      -- Null until the person has shown that mail to the address arrives.
      add column email_confirmed_at timestamptz;
    update users set email_confirmed_at = created_at;

    create table memberships (
      id bigint generated always as identity primary key,
      user_id bigint not null,
      -- With the foreign key below: staff are members of no customer.
      user_kind text not null generated always as ('member') stored,
      customer_id bigint not null references customers,
      role text not null check (role in ('owner', 'billing', 'technical', 'reader')),
      -- What the member may do besides what comes with the role.
      rights text[] not null default '{}' check (rights <@ array['orders:place', 'orders:cancel', 'top-ups']),
      -- The subjects that the member is mailed about.
      notifications text[] not null default '{invoices,payments,renewals,news}',
      created_at timestamptz not null,
      unique (user_id, customer_id),
      foreign key (user_id, user_kind) references users (id, kind)
    );
    create index memberships_customer on memberships (customer_id);

    insert into memberships (user_id, customer_id, role, notifications, created_at)
    select id, customer_id, 'owner', notifications, created_at
    from users
    where customer_id is not null
    order by id;

    alter table users drop column customer_id, drop column notifications;
  `);
}

export async function down() {
  throw new Error('Migrations go forward only');
}
