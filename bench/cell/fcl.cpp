/*
 * The queries of bench/cell.ts by FCL, one thread: fcl <scene file> <query>...
 * The scene file (bench/cell/scene-file.ts): int32 bodies, obstacles, configurations; of each mesh int32 vertices and
 * triangles, f64 coordinates, int32 corners; poses of the obstacles, then of the bodies for each configuration, 12 f64 each.
 * `pairs` and `least` write of each pair a byte, 1 in contact, and then f64, 0 in contact: the distance of each pair, or the
 * least of each configuration. Others are `collide:1000:20`, the first 1000 configurations 20 times, likewise `nearest`,
 * `near` (within 50 mm) and `all` (with nearest points); each prints a line {"cpuS", "check"}: CPU time of the queries
 * alone, and a sum of the answers of one time.
 */
#include <fcl/geometry/bvh/BVH_model.h>
#include <fcl/math/bv/OBBRSS.h>
#include <fcl/narrowphase/collision.h>
#include <fcl/narrowphase/distance.h>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <vector>

using Model = fcl::BVHModel<fcl::OBBRSS<double>>;
using Pose = fcl::Transform3d;

static FILE *input;

template <typename T>
static std::vector<T> numbers(size_t count) {
  std::vector<T> values(count);
  if (fread(values.data(), sizeof(T), count, input) != count) {
    fprintf(stderr, "the scene file ends early\n");
    exit(2);
  }
  return values;
}

static std::shared_ptr<Model> mesh() {
  const auto sizes = numbers<int32_t>(2);
  const auto xyz = numbers<double>(3 * (size_t)sizes[0]);
  const auto corners = numbers<int32_t>(3 * (size_t)sizes[1]);
  std::vector<fcl::Vector3d> vertices;
  for (int i = 0; i < sizes[0]; i++) vertices.emplace_back(xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]);
  std::vector<fcl::Triangle> triangles;
  for (int i = 0; i < sizes[1]; i++) triangles.emplace_back(corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]);
  auto model = std::make_shared<Model>();
  model->beginModel();
  model->addSubModel(vertices, triangles);
  model->endModel();
  return model;
}

static std::vector<Pose> poses(size_t count) {
  const auto m = numbers<double>(12 * count);
  std::vector<Pose> out(count);
  for (size_t i = 0; i < count; i++) {
    for (int row = 0; row < 3; row++) {
      for (int k = 0; k < 3; k++) out[i].linear()(row, k) = m[12 * i + 4 * row + k];
      out[i].translation()(row) = m[12 * i + 4 * row + 3];
    }
  }
  return out;
}

static double cpuS() {
  timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static bool collides(const Model &a, const Pose &at, const Model &b, const Pose &bt) {
  fcl::CollisionRequestd request;
  fcl::CollisionResultd result;
  return fcl::collide(&a, at, &b, bt, request, result) > 0;
}

static std::vector<std::shared_ptr<Model>> a, b;
static std::vector<Pose> standing, moving;
static int bodies, obstacles, configurations;

static double distanceOf(int c, int i, int j, bool withPoints) {
  fcl::DistanceRequestd request(withPoints);
  fcl::DistanceResultd result;
  return fcl::distance(a[i].get(), moving[(size_t)c * bodies + i], b[j].get(), standing[j], request, result);
}

/* One result for all pairs, so that each is bounded by those before; the tool, which is nearest most often, first. */
static double leastOf(int c, double boundM) {
  fcl::DistanceRequestd request;
  fcl::DistanceResultd result;
  if (boundM > 0) result.min_distance = boundM;
  for (int i = bodies - 1; i >= 0 && result.min_distance > 0; i--)
    for (int j = 0; j < obstacles && result.min_distance > 0; j++)
      fcl::distance(a[i].get(), moving[(size_t)c * bodies + i], b[j].get(), standing[j], request, result);
  return result.min_distance > 0 ? result.min_distance : 0;
}

static int contactsOf(int c, std::vector<uint8_t> *verdicts) {
  int contacts = 0;
  for (int i = 0; i < bodies; i++) {
    for (int j = 0; j < obstacles; j++) {
      const bool hit = collides(*a[i], moving[(size_t)c * bodies + i], *b[j], standing[j]);
      contacts += hit;
      if (verdicts) verdicts->push_back(hit);
    }
  }
  return contacts;
}

static void answer(bool ofPairs) {
  std::vector<uint8_t> verdicts;
  std::vector<double> distances;
  for (int c = 0; c < configurations; c++) {
    const int contacts = contactsOf(c, &verdicts);
    if (!ofPairs) {
      distances.push_back(contacts > 0 ? 0 : leastOf(c, 0));
      continue;
    }
    const uint8_t *own = &verdicts[(size_t)c * bodies * obstacles];
    for (int k = 0; k < bodies * obstacles; k++)
      distances.push_back(own[k] ? 0 : distanceOf(c, k / obstacles, k % obstacles, false));
  }
  fwrite(verdicts.data(), 1, verdicts.size(), stdout);
  fwrite(distances.data(), sizeof(double), distances.size(), stdout);
}

static void measure(const char *query, int count, int repetitions) {
  double check = 0;
  const double began = cpuS();
  for (int r = 0; r < repetitions; r++) {
    check = 0;
    for (int c = 0; c < count; c++) {
      if (strcmp(query, "collide") == 0) check += contactsOf(c, nullptr);
      else if (strcmp(query, "nearest") == 0) check += leastOf(c, 0);
      else if (strcmp(query, "near") == 0) check += leastOf(c, 0.05);
      else
        for (int i = 0; i < bodies; i++)
          for (int j = 0; j < obstacles; j++) check += std::max(0.0, distanceOf(c, i, j, true));
    }
  }
  printf("{\"cpuS\": %.6f, \"check\": %.12f}\n", cpuS() - began, check);
}

int main(int argc, char **argv) {
  input = argc > 2 ? fopen(argv[1], "rb") : nullptr;
  if (input == nullptr) {
    fprintf(stderr, "fcl <scene file> pairs|least|<query>:<configurations>:<repetitions>...\n");
    return 2;
  }
  const auto counts = numbers<int32_t>(3);
  bodies = counts[0], obstacles = counts[1], configurations = counts[2];
  for (int i = 0; i < bodies; i++) a.push_back(mesh());
  for (int i = 0; i < obstacles; i++) b.push_back(mesh());
  standing = poses(obstacles);
  moving = poses((size_t)bodies * configurations);
  for (int k = 2; k < argc; k++) {
    if (strcmp(argv[k], "pairs") == 0 || strcmp(argv[k], "least") == 0) {
      answer(argv[k][0] == 'p');
      continue;
    }
    char query[16];
    int count, repetitions;
    if (sscanf(argv[k], "%15[a-z]:%d:%d", query, &count, &repetitions) != 3 || count > configurations) {
      fprintf(stderr, "cannot measure %s\n", argv[k]);
      return 2;
    }
    measure(query, count, repetitions);
  }
  return 0;
}
