
#include "ui/ui.h"
#include "ui/command.h"
#include "ui/answers.h"
#include "ui/tui/editor.h"
#include "ui/tui/complete.h"
#include <string.h>
void ui_set_verified(struct ui *ui, const struct peer *p, bool b){(void)ui;(void)p;(void)b;}
void answer_status(struct ui *ui, const struct ipc_status *s){(void)ui;(void)s;}
bool complete_tab(struct complete*c,const struct complete_words*w,const char*t,size_t l,size_t cu,bool ba,struct buf*o,size_t*oc){(void)c;(void)w;(void)t;(void)l;(void)cu;(void)ba;(void)o;(void)oc;return false;}
void complete_end(struct complete*c){(void)c;}
const struct command *command_next(const struct ui*ui,size_t*at){(void)ui;(void)at;return NULL;}
bool command_is(const char*l,size_t n2){return n2&&*l=='/';}
#include "ui/tui/tui.h"
void command_line(struct ui*ui,const char*l,size_t n2){ if(n2>=5&&!memcmp(l,"/quit",5))ui_quit(ui); else if(n2>8&&!memcmp(l,"/search ",8))tui_search(ui,l+8,n2-8); else if(*l=='/')ui_error(ui,"unknown %s",l); else ui_say(ui,l,n2);}
