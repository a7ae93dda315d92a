/** Gases, and how a volume of one in air becomes a mass. */

export interface Gas {
  readonly name: string;
  readonly called: string;
  /** g/mol, from the IUPAC's atomic weights. */
  readonly molarMass: number;
  /** µg/m³ per ppb at 25 °C and 1 atm: molar mass ÷ 24.45 l/mol, rounded to three decimals. */
  readonly factor: string;
}

const gas = (name: string, called: string, molarMass: number, factor: string): Gas => ({
  name,
  called,
  molarMass,
  factor,
});

/** The practice of the WHO and the US EPA: 25 °C and 1 atm. Particles are no gas and never convert. */
export const GASES: readonly Gas[] = [
  gas("O3", "ozone", 47.998, "1.963"),
  gas("NO2", "nitrogen dioxide", 46.006, "1.882"),
  gas("NO", "nitrogen monoxide", 30.006, "1.227"),
  gas("NOX", "nitrogen oxides, as nitrogen dioxide", 46.006, "1.882"),
  gas("SO2", "sulfur dioxide", 64.06, "2.620"),
  gas("CO", "carbon monoxide", 28.01, "1.146"),
  gas("CO2", "carbon dioxide", 44.009, "1.800"),
  gas("CH4", "methane", 16.043, "0.656"),
  gas("N2O", "nitrous oxide", 44.013, "1.800"),
  gas("NH3", "ammonia", 17.031, "0.697"),
  gas("H2S", "hydrogen sulfide", 34.076, "1.394"),
  gas("HCHO", "formaldehyde", 30.026, "1.228"),
  gas("HNO3", "nitric acid", 63.012, "2.577"),
  gas("HCL", "hydrogen chloride", 36.458, "1.491"),
  gas("C6H6", "benzene", 78.114, "3.195"),
  gas("C7H8", "toluene", 92.141, "3.769"),
  gas("C8H10", "xylenes and ethylbenzene", 106.168, "4.342"),
  gas("C4H6", "1,3-butadiene", 54.092, "2.212"),
];
