/**
 * Which objects hold the same facts. Of such a fact only the row of the greatest object is kept. When that object's new
 * version drops it, the others must bring it again: only so is production a function of the bucket.
 */
import type { Client } from "../connect.ts";
import { sqlState } from "../errors.ts";
import { quoteTable } from "../staging.ts";
import { BUSY, inSavepoint, withLockTimeout } from "./locks.ts";

/** How long to wait for those who note a listing, in milliseconds; a load holds its objects for longer. */
const LISTING_LIMIT = 500;

/** What upserting a staging table showed. */
interface Upserted {
  readonly staging: string;
  /** That a staged row `s` and a chosen one `c` are the same fact, as SQL. */
  readonly same: string;
  /** Whether staged rows lost within the load. */
  readonly lost: boolean;
}

/** Notes which objects hid rows of which others, and of which days, as the temporary tables of `upsertFacts` show. */
export async function noteOverlaps(client: Client, { staging, same, lost }: Upserted): Promise<void> {
  const withinLoad = `
    union all
    select c.object_id, s.object_id, s.date_, c.date_
    from ${quoteTable(staging)} s join chosen c on ${same}
    where s.object_id <> c.object_id`;
  await client.query(
    `insert into millrace.overlap as known (object_id, hidden_object_id, first_date, last_date)
     select winner, loser, min(least(date_, other_date)), max(greatest(date_, other_date))
     from (
       select case fate when 'lose' then former_object else object_id end as winner,
         case fate when 'lose' then object_id else former_object end as loser, date_, former_date as other_date
       from compared where former_object <> object_id
       ${lost ? withinLoad : ""}
     ) hidden
     group by winner, loser
     on conflict (object_id, hidden_object_id) do update
     set first_date = least(known.first_date, excluded.first_date),
       last_date = greatest(known.last_date, excluded.last_date)
     where known.first_date > excluded.first_date or known.last_date < excluded.last_date`,
  );
}

/**
 * Has the next pass load again the objects that may hold what is in the temporary table `vanished`: those hidden by the
 * objects that lost it, and by those in turn. One that is being loaded at this moment merges after us and needs no mark.
 */
export async function wantHiddenAgain(client: Client): Promise<void> {
  const mark = (locked: string) =>
    client.query(
      `with recursive hidden as (
         select object_id, min(date_) as first_date, max(date_) as last_date from vanished group by object_id
         union
         select o.hidden_object_id, hidden.first_date, hidden.last_date
         from hidden join millrace.overlap o using (object_id)
         where o.first_date <= hidden.last_date and o.last_date >= hidden.first_date
       ), wanted as (
         select object_id from millrace.object
         where object_id in (select object_id from hidden) and object_id not in (select object_id from vanished)
           and load_id is not null and not incomplete
         order by object_id
         for no key update ${locked}
       )
       update millrace.object set incomplete = true from wanted where object.object_id = wanted.object_id`,
    );
  try {
    await inSavepoint(client, () => withLockTimeout(client, LISTING_LIMIT, () => mark("")));
  } catch (error) {
    if (!BUSY.has(sqlState(error) ?? "")) throw error;
    await mark("skip locked");
  }
}
