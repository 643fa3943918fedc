/** Power in one candidate window (hour or quarter) of a tariff that bills peaks. */
export type PeakWindow = { readonly fromMs: number; readonly toMs: number };

/**
 * What a tariff says about power peaks, as far as a guard needs it. Made from a tariff file by `powerPrices`.
 * Source of the model: Eltariff-API v1, `powerPrice.components[].peakIdentificationSettings`.
 */
export type PowerPrice = {
  readonly reference: string;
  /** What is averaged into one candidate: 15, 30 or 60 min (longer for district heating), ms. */
  readonly peakDurationMs: number;
  /** N of "the mean of the N highest". */
  readonly peaks: number;
  /** One candidate per local day (N peaks fall on N days), or any windows. */
  readonly onePerDay: boolean;
  /** Price per billed kW and billing period, excluding VAT, in `currency`. */
  readonly pricePerKw: number;
  readonly currency: string;
  /** Billed power (kW) for a mean power (kW) in the window: the peak function; 0 where the component does not hold. */
  readonly billedKw: (meanKw: number, window: PeakWindow) => number;
  /** The candidate window that holds a moment. */
  readonly windowAt: (atMs: number) => PeakWindow;
  /** The billing period that holds a moment, as [from, to). */
  readonly periodAt: (atMs: number) => PeakWindow;
};
