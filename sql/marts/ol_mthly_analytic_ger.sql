-- reads: noaa.daily noaa.stations
-- key: station_id, month
-- comment: Months of German stations: extremes, means and sums of NOAA's daily data that passed quality control.
-- column station_id: NOAA's station id, as in d_stations.
-- column month: The month, as its first day.
-- column max_tmax_c: Highest daily maximum temperature of the month in °C; null: no value.
-- column min_tmin_c: Lowest daily minimum temperature of the month in °C; null: no value.
-- column avg_tmax_c: Mean of the daily maximum temperatures in °C, rounded to 3 decimals; null: no value.
-- column avg_tmin_c: Mean of the daily minimum temperatures in °C, rounded to 3 decimals; null: no value.
-- column sum_prcp: Sum of the daily precipitation in mm, of the days that have a value; null: no value.

select
  station_id,
  date_trunc('month', date_::timestamp)::date as month,
  max(data_value) filter (where common_kpi_name = 'TMAX') as max_tmax_c,
  min(data_value) filter (where common_kpi_name = 'TMIN') as min_tmin_c,
  round(avg(data_value) filter (where common_kpi_name = 'TMAX'), 3) as avg_tmax_c,
  round(avg(data_value) filter (where common_kpi_name = 'TMIN'), 3) as avg_tmin_c,
  sum(data_value) filter (where common_kpi_name = 'PRCP') as sum_prcp
from production.f_climate_data
where source = 'noaa'
  and country_id = 'DE'
  and (common_kpi_name, common_unit) in (('TMAX', '°C'), ('TMIN', '°C'), ('PRCP', 'mm'))
group by station_id, month
