/** Groups of leads, each with weights and bands of its own. They end after so many hours; the last goes on for ever. */
const GROUP_HOURS = [1, 3, 6, 24, 48, 168] as const;
export const LEAD_GROUPS = GROUP_HOURS.length;
/** The group of six hours to a day ahead: what it said of a step was said before the step's own hours were seen. */
export const HOURS_BEFORE = 3;
/** The golden ratio's multiples spread evenly over 0 … 1 (Weyl sequence). */
const GOLDEN = 0.6180339887498949;

export function createLeads(stepsPerHour: number) {
  const ends = GROUP_HOURS.map((hours) => hours * stepsPerHour);
  return {
    /** Of a lead in steps; the step after the last known one has the lead 1. */
    groupOf: (lead: number): number => {
      const group = ends.findIndex((end) => lead <= end);
      return group < 0 ? ends.length - 1 : group;
    },
    /** The lead of a group that is learnt from at the n-th step: every one comes as often. */
    sample: (group: number, n: number): number => {
      const before = ends[group - 1] ?? 0;
      const size = (ends[group] ?? 0) - before;
      return before + 1 + Math.floor(((n * GOLDEN) % 1) * size);
    },
  };
}
