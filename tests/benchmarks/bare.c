/* The compiled loop of busy.py in C: the hazard of whoever was told something is worked out anew, all others add up what they had. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

double bare(int64_t people, int64_t days, double base, double pull, double keep,
            const int64_t *start, const int64_t *to, const double *ties, double *lacking)
{
    double *seen = calloc(people, sizeof *seen), *step = malloc(people * sizeof *step);
    int64_t *leaving = malloc(people * sizeof *leaving), left = 0;
    unsigned char *gone = calloc(people, 1);
    for (int64_t i = 0; i < people; i++) step[i] = base;
    for (int64_t day = 0; day < days; day++) {
        int64_t today = 0;
        for (int64_t i = 0; i < people; i++) {
            if (gone[i]) continue;
            if (keep < 1.0 && seen[i] > 0.0) {
                step[i] = base * exp(pull * seen[i] / ties[i]);
                seen[i] *= keep;
            }
            lacking[i] -= step[i];
            if (lacking[i] <= 0.0) {
                gone[i] = 1;
                leaving[today++] = i;
            }
        }
        for (int64_t m = 0; m < today; m++)
            for (int64_t e = start[leaving[m]]; e < start[leaving[m] + 1]; e++) {
                int64_t other = to[e];
                if (gone[other]) continue;
                seen[other] += 1.0;
                step[other] = base * exp(pull * seen[other] / ties[other]);
            }
        left += today;
    }
    free(seen); free(step); free(leaving); free(gone);
    return (double)left / people;
}
