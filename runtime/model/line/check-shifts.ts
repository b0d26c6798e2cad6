import type { LineFault } from "./line-fault.ts";
import type { LineModel } from "./line-model.ts";

/** Shifts that blocks ask for, and the calendar itself. */
export function wrongShifts({ blocks, calendar: plan, name }: LineModel): LineFault[] {
  const faults: LineFault[] = [];
  for (const { id, shifts } of blocks) {
    if (shifts === undefined || shifts === "always") continue;
    if (plan === undefined) {
      faults.push({
        block: id,
        what: `runs in shifts ${shifts.join(", ")}, and the line has no calendar`,
        advice: "add a calendar",
      });
      continue;
    }
    if (shifts.length === 0)
      faults.push({ block: id, what: "runs in no shift", advice: "name one, or always" });
    for (const shift of shifts) {
      if (!plan.shifts.some((one) => one.name === shift)) {
        const known = plan.shifts.map((one) => one.name).join(", ");
        faults.push({
          block: id,
          what: `runs in shift ${shift}, which the calendar does not have`,
          advice: `it has ${known}`,
        });
      }
    }
  }
  if (plan === undefined) return faults;
  if (plan.shifts.length === 0)
    faults.push({ block: name, what: "has a calendar without shifts", advice: "add shifts" });
  for (const { name: shift, fromS, toS, breaks } of plan.shifts) {
    if (!(fromS < toS && fromS < plan.periodS && toS - fromS <= plan.periodS)) {
      faults.push({
        block: `shift ${shift}`,
        what: `goes from ${fromS} s to ${toS} s`,
        advice: "begin within the period, end after the beginning, at most a period later",
      });
    }
    const ordered = breaks.toSorted((a, b) => a.fromS - b.fromS);
    for (const [i, pause] of ordered.entries()) {
      if (pause.fromS >= (ordered[i - 1]?.toS ?? fromS) && pause.toS <= toS && pause.fromS < pause.toS)
        continue;
      faults.push({
        block: `shift ${shift}`,
        what: `has a break from ${pause.fromS} s to ${pause.toS} s`,
        advice: "put breaks into the shift, one after another",
      });
    }
  }
  return faults;
}
