/** The five questions of the reading part, as a researcher asks them of Millrace's view and of the classic table. */

/** What a question is about; found in the data, the same on both sides. */
export interface Subject {
  /** A weather station with a long series. */
  readonly station: string;
  /** A station of air quality in the city of `cityStation`. */
  readonly airStation: string;
  readonly cityStation: string;
  readonly country: string;
  readonly month: readonly [first: string, last: string];
}

export interface Question {
  readonly name: string;
  /** @param facts the relation: of rows that passed quality control */
  readonly sql: (facts: string, subject: Subject) => string;
}

export const QUESTIONS: readonly Question[] = [
  {
    name: "daily series of a station and KPI over all years",
    sql: (facts, { station }) =>
      `select date_, data_value from ${facts}
       where station_id = '${station}' and common_kpi_name = 'TMAX' order by date_`,
  },
  {
    name: "monthly means of a country",
    sql: (facts, { country }) =>
      `select date_trunc('month', date_)::date as month, round(avg(data_value), 6) as mean from ${facts}
       where country_id = '${country}' and common_kpi_name = 'TMAX' group by 1 order by 1`,
  },
  {
    name: "hottest day per year of a country",
    sql: (facts, { country }) =>
      `select distinct on (extract(year from date_)) date_, station_id, data_value from ${facts}
       where country_id = '${country}' and common_kpi_name = 'TMAX'
       order by extract(year from date_), data_value desc, date_, station_id`,
  },
  {
    name: "ten wettest stations of a month worldwide",
    sql: (facts, { month: [first, last] }) =>
      `select station_id, sum(data_value) as mm from ${facts}
       where common_kpi_name = 'PRCP' and date_ between '${first}' and '${last}'
       group by station_id order by mm desc, station_id limit 10`,
  },
  {
    name: "temperature beside PM2.5 of a city",
    sql: (facts, { cityStation, airStation }) =>
      `select warm.date_, warm.data_value as tmax, air.data_value as pm25
       from ${facts} warm join ${facts} air using (date_)
       where warm.station_id = '${cityStation}' and warm.common_kpi_name = 'TMAX'
         and air.station_id = '${airStation}' and air.common_kpi_name = 'PM25'
       order by warm.date_`,
  },
];
