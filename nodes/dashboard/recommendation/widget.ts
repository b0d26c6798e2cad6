import "../look/font.ts";

export { default as RungRecommendation } from "./RecommendationCard.vue";
