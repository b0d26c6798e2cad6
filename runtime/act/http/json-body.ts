import express from "express";

/** Bodies are JSON and small: an envelope of 64 targets is about 40 kB. */
export const jsonBody = express.json({ limit: "128kb", strict: true });
