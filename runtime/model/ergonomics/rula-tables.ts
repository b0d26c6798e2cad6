/**
 * Score tables of the rapid upper limb assessment: McAtamney and Corlett, RULA: a survey method for the investigation of
 * work-related upper limb disorders, Applied Ergonomics 24 (1993) 91-99. Scores count from 1, indices from 0.
 */

/** Arm and wrist: by upper arm 1-6, lower arm 1-3, wrist 1-4, wrist twist 1-2. */
export const RULA_A: readonly (readonly (readonly (readonly number[])[])[])[] = [
  [
    [
      [1, 2],
      [2, 2],
      [2, 3],
      [3, 3],
    ],
    [
      [2, 2],
      [2, 2],
      [3, 3],
      [3, 3],
    ],
    [
      [2, 3],
      [3, 3],
      [3, 3],
      [4, 4],
    ],
  ],
  [
    [
      [2, 3],
      [3, 3],
      [3, 4],
      [4, 4],
    ],
    [
      [3, 3],
      [3, 3],
      [3, 4],
      [4, 4],
    ],
    [
      [3, 4],
      [4, 4],
      [4, 4],
      [5, 5],
    ],
  ],
  [
    [
      [3, 3],
      [4, 4],
      [4, 4],
      [5, 5],
    ],
    [
      [3, 4],
      [4, 4],
      [4, 4],
      [5, 5],
    ],
    [
      [4, 4],
      [4, 4],
      [4, 5],
      [5, 5],
    ],
  ],
  [
    [
      [4, 4],
      [4, 4],
      [4, 5],
      [5, 5],
    ],
    [
      [4, 4],
      [4, 4],
      [4, 5],
      [5, 5],
    ],
    [
      [4, 4],
      [4, 5],
      [5, 5],
      [6, 6],
    ],
  ],
  [
    [
      [5, 5],
      [5, 5],
      [5, 6],
      [6, 7],
    ],
    [
      [5, 6],
      [6, 6],
      [6, 7],
      [7, 7],
    ],
    [
      [6, 6],
      [6, 7],
      [7, 7],
      [7, 8],
    ],
  ],
  [
    [
      [7, 7],
      [7, 7],
      [7, 8],
      [8, 9],
    ],
    [
      [8, 8],
      [8, 8],
      [8, 9],
      [9, 9],
    ],
    [
      [9, 9],
      [9, 9],
      [9, 9],
      [9, 9],
    ],
  ],
];

/** Neck, trunk and legs: by neck 1-6, trunk 1-6, legs 1-2. */
export const RULA_B: readonly (readonly (readonly number[])[])[] = [
  [
    [1, 3],
    [2, 3],
    [3, 4],
    [5, 5],
    [6, 6],
    [7, 7],
  ],
  [
    [2, 3],
    [2, 3],
    [4, 5],
    [5, 5],
    [6, 7],
    [7, 7],
  ],
  [
    [3, 3],
    [3, 4],
    [4, 5],
    [5, 6],
    [6, 7],
    [7, 7],
  ],
  [
    [5, 5],
    [5, 6],
    [6, 7],
    [7, 7],
    [7, 7],
    [8, 8],
  ],
  [
    [7, 7],
    [7, 7],
    [7, 8],
    [8, 8],
    [8, 8],
    [8, 8],
  ],
  [
    [8, 8],
    [8, 8],
    [8, 8],
    [8, 9],
    [9, 9],
    [9, 9],
  ],
];

/** Grand score: by arm and wrist 1-8 (and more), neck, trunk and legs 1-7 (and more), each with muscle use and force. */
export const RULA_C: readonly (readonly number[])[] = [
  [1, 2, 3, 3, 4, 5, 5],
  [2, 2, 3, 4, 4, 5, 5],
  [3, 3, 3, 4, 4, 5, 6],
  [3, 3, 3, 4, 5, 6, 6],
  [4, 4, 4, 5, 6, 7, 7],
  [4, 4, 5, 6, 6, 7, 7],
  [5, 5, 6, 6, 7, 7, 7],
  [5, 5, 6, 7, 7, 7, 7],
];
