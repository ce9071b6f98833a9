// A run that is being cancelled can only become Cancelled.
import { anyBut, type FlowRunRecord, type Rule, types } from "../rule.ts";

export const cancellingToCancelled: Rule<FlowRunRecord> = {
  from: types("CANCELLED", "CANCELLING"),
  to: anyBut("CANCELLED"),
  before: () => ({
    status: "REJECT",
    reason: "Cannot transition flows that are cancelling to a state other than Cancelled.",
  }),
};
