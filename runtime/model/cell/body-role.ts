/** What a body is in the cell; what it may be near to, and what size is believable, follow from it. */
export type BodyRole = "link" | "tool" | "fixture" | "body" | "part";
