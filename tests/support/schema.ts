import type { Bench } from './namespace.js'

/** All that a namespace's structure is, as lines: columns with types and defaults, constraints, indexes, objects. Our bookkeeping is part of it. */
export async function describeSchema({ session, database }: Bench, namespace: string): Promise<string[]> {
  const found = await session.query(database.engine === 'postgres' ? postgres(namespace) : mysql(namespace))
  return found.rows.map(row => row.join(' | ')).sort()
}

const postgres = (namespace: string) => `
  SELECT 'column', table_name::text, column_name::text, ordinal_position::text, data_type::text, is_nullable::text, column_default::text, character_maximum_length::text
  FROM information_schema.columns WHERE table_schema = '${namespace}'
  UNION ALL SELECT 'constraint', c.relname::text, k.conname::text, k.contype::text, pg_get_constraintdef(k.oid), '', '', ''
  FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '${namespace}'
  UNION ALL SELECT 'index', tablename::text, indexname::text, indexdef, '', '', '', '' FROM pg_indexes WHERE schemaname = '${namespace}'
  UNION ALL SELECT 'relation', c.relname::text, c.relkind::text, '', '', '', '', '' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = '${namespace}'
  UNION ALL SELECT 'routine', p.proname::text, pg_get_functiondef(p.oid), '', '', '', '', '' FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = '${namespace}' AND p.prokind = 'f'`

const mysql = (namespace: string) => `
  SELECT 'column', TABLE_NAME, COLUMN_NAME, CAST(ORDINAL_POSITION AS CHAR), COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME
  FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = '${namespace}'
  UNION ALL SELECT 'constraint', TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_TYPE, '', '', '', ''
  FROM information_schema.TABLE_CONSTRAINTS WHERE CONSTRAINT_SCHEMA = '${namespace}'
  UNION ALL SELECT 'key', TABLE_NAME, CONSTRAINT_NAME, COLUMN_NAME, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME, '', ''
  FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = '${namespace}'
  UNION ALL SELECT 'index', TABLE_NAME, INDEX_NAME, COLUMN_NAME, CAST(SEQ_IN_INDEX AS CHAR), CAST(NON_UNIQUE AS CHAR), INDEX_TYPE, ''
  FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = '${namespace}'
  UNION ALL SELECT 'relation', TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_COLLATION, '', '', '' FROM information_schema.TABLES WHERE TABLE_SCHEMA = '${namespace}'
  UNION ALL SELECT 'routine', ROUTINE_NAME, ROUTINE_TYPE, '', '', '', '', '' FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = '${namespace}'`
