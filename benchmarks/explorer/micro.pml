/*
 * The micro-model of micro.ts for Spin: the same state, the same actions, each one transition.
 *
 *   spin -a -DFRAMES=2 -DREFERENCES=2 micro.pml
 *   gcc -O2 -DSAFETY -DNOREDUCE -o pan pan.c && ./pan -m10000000 -w24
 */

#define NONE 0
#define ABSENT 0
#define LIVE 1
#define DEAD 2

byte mapped[3];   /* NONE, or a frame above it */
bit pending[3];
byte status[4];
byte count[4];
byte shot[5];     /* of the buffers 0, 1, 2, and of the pages 0 and 1 of buffer 3 */

/* Buffers 0, 1, 2 cover the page of their number; buffer 3 covers 0 and 1. */
#define usedOn(p) (status[p] == LIVE || (p < 2 && status[3] == LIVE))
#define mark(p) if :: usedOn(p) -> pending[p] = 1 :: else fi

#define forgetOne(b) status[b] = ABSENT; shot[b] = NONE
#define forgetTwo status[3] = ABSENT; shot[3] = NONE; shot[4] = NONE

#define freshOne(b) (status[b] != LIVE || pending[b] || shot[b] == mapped[b])
#define freshTwo (status[3] != LIVE || pending[0] || pending[1] || (shot[3] == mapped[0] && shot[4] == mapped[1]))
#define judge assert(freshOne(0) && freshOne(1) && freshOne(2) && freshTwo)

#define map(p, f) :: d_step { (mapped[0] != f && mapped[1] != f && mapped[2] != f) -> \
    if :: mapped[p] != NONE -> mark(p) :: else fi; mapped[p] = f; judge }
#define unmap(p) :: d_step { mapped[p] != NONE -> mark(p); mapped[p] = NONE; judge }

#define touchOne(b) if :: status[b] == LIVE && count[b] == 0 -> forgetOne(b) \
    :: status[b] == LIVE && count[b] > 0 -> status[b] = DEAD :: else fi
#define touchTwo if :: status[3] == LIVE && count[3] == 0 -> forgetTwo \
    :: status[3] == LIVE && count[3] > 0 -> status[3] = DEAD :: else fi
#define callback(p) :: d_step { pending[p] -> pending[p] = 0; touchOne(p); if :: p < 2 -> touchTwo :: else fi; judge }

#define mayRegister(b) (status[b] == ABSENT || (status[b] == LIVE && count[b] < REFERENCES))
#define registerOne(b) :: d_step { (mapped[b] != NONE && !pending[b] && mayRegister(b)) -> \
    if :: status[b] == ABSENT -> status[b] = LIVE; shot[b] = mapped[b] :: else fi; count[b]++; judge }
#define registerTwo :: d_step { (mapped[0] != NONE && mapped[1] != NONE && !pending[0] && !pending[1] && mayRegister(3)) -> \
    if :: status[3] == ABSENT -> status[3] = LIVE; shot[3] = mapped[0]; shot[4] = mapped[1] :: else fi; count[3]++; judge }

#define deregisterOne(b) :: d_step { (status[b] != ABSENT && count[b] > 0) -> count[b]--; \
    if :: status[b] == DEAD && count[b] == 0 -> forgetOne(b) :: else fi; judge }
#define deregisterTwo :: d_step { (status[3] != ABSENT && count[3] > 0) -> count[3]--; \
    if :: status[3] == DEAD && count[3] == 0 -> forgetTwo :: else fi; judge }

#define evictOne(b) :: d_step { (status[b] == LIVE && count[b] == 0) -> forgetOne(b); judge }
#define evictTwo :: d_step { (status[3] == LIVE && count[3] == 0) -> forgetTwo; judge }

init {
  do
  map(0, 1) map(0, 2) map(1, 1) map(1, 2) map(2, 1) map(2, 2)
#if FRAMES > 2
  map(0, 3) map(1, 3) map(2, 3)
#endif
  unmap(0) unmap(1) unmap(2)
  callback(0) callback(1) callback(2)
  registerOne(0) registerOne(1) registerOne(2) registerTwo
  deregisterOne(0) deregisterOne(1) deregisterOne(2) deregisterTwo
  evictOne(0) evictOne(1) evictOne(2) evictTwo
  od
}
