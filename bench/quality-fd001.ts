import "./quality/fd001.ts";
