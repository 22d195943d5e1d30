import { openDatabase } from './open-database.ts';
import { parseConfig } from '../config.ts';

const database = await openDatabase(parseConfig(process.env));
await database.close();
console.log('The schema is up to date.');
