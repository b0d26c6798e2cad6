export { default } from "./RecommendationCard.vue";
